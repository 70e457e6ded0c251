import { parseCommand, type WorkflowCommand } from "./workflow-command.ts";

/** What a job prints: lines, with every masked value replaced. The supervisor bounds them and adds the time. */
export interface JobLog {
  /** A line of ours. */
  say(line: string): void;
  group(title: string): void;
  /** Nothing happens where no group of ours is open. */
  endGroup(): void;
  /** Values that must not be seen from here on. */
  mask(value: string): void;
  /** Listener for one step's output: obeys workflow commands, prints the rest. */
  listener(setOutput: (name: string, value: string) => void): (line: string) => void;
}

export function jobLog(print: (line: string) => void): JobLog {
  const masks = new Set<string>();

  function say(line: string): void {
    let text = line;
    for (const mask of masks) text = text.replaceAll(mask, "***");
    print(text);
  }

  /** Longer ones first: a mask may be a part of another one. */
  function mask(value: string): void {
    const parts = [value, ...value.split(/\r?\n/)].map((part) => part.trim()).filter((part) => part !== "");
    const all = [...masks, ...parts].sort((a, b) => b.length - a.length);
    masks.clear();
    for (const one of all) masks.add(one);
  }

  function listener(setOutput: (name: string, value: string) => void): (line: string) => void {
    let token: string | undefined;
    return (line) => {
      const command = parseCommand(line);
      if (token !== undefined) {
        if (command?.name === token.toLowerCase()) token = undefined;
        else say(line);
      } else if (command?.name === "stop-commands") token = command.value;
      else if (command?.name === "add-mask") mask(command.value);
      else if (command?.name === "set-output") setOutput(command.properties.name ?? "", command.value);
      else say(command ? (shown(command) ?? line) : line);
    };
  }

  let isOpen = false;
  function endGroup(): void {
    if (isOpen) say("##[endgroup]");
    isOpen = false;
  }
  function group(title: string): void {
    endGroup();
    say(`##[group]${title}`);
    isOpen = true;
  }
  return { say, mask, listener, group, endGroup };
}

/** How a command looks in the log; undefined for one that we do not know. */
function shown({ name, properties, value }: WorkflowCommand): string | undefined {
  switch (name) {
    case "group":
      return `##[group]${value}`;
    case "endgroup":
      return "##[endgroup]";
    case "error":
    case "warning":
    case "notice":
    case "debug": {
      const { file, line } = properties;
      const place = file ? ` (${file}${line ? `:${line}` : ""})` : "";
      return `##[${name}]${properties.title ? `${properties.title}: ` : ""}${value}${place}`;
    }
    default:
      return undefined;
  }
}
