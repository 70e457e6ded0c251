import { type Call, CommandError, type CommandSpec, type ExitCode } from "./command.ts";

/** `dayfly docs`: the reference in the terminal. */
export const docs: CommandSpec = {
  name: "docs",
  summary: "Print the reference: commands, dayfly.yaml, or one of their entries",
  operands: [
    {
      name: "[topic...]",
      text: "`commands`, one command such as `runs show`, `config`, one key such as `config profiles.limits`, or `schema`",
    },
  ],
  options: [{ flags: "--json", text: "the same as JSON" }],
  examples: [
    { line: "dayfly docs commands", says: "every command, as Markdown" },
    { line: "dayfly docs runs show", says: "one command" },
    { line: "dayfly docs config profiles", says: "what a profile in dayfly.yaml can say" },
    {
      line: "dayfly docs schema > dayfly.schema.json",
      says: "the JSON Schema with which editors complete dayfly.yaml",
    },
  ],
  load: async () => printReference,
};

async function printReference(call: Call): Promise<ExitCode> {
  const [topic = "commands", ...rest] = call.operands;
  if (topic === "config") return printConfig(call, rest);
  if (topic === "schema") {
    const { configJsonSchema } = await import("../core/config/config-reference.ts");
    call.terminal.print(JSON.stringify(configJsonSchema(), null, 2));
    return 0;
  }
  return printCommands(call, topic === "commands" ? "" : call.operands.join(" "));
}

async function printCommands({ commands, options, terminal }: Call, name: string): Promise<ExitCode> {
  const { commandReference, section } = await import("./reference.ts");
  const found = commands.filter((spec) => name === "" || spec.name === name || spec.name.startsWith(`${name} `));
  if (found.length === 0) {
    throw new CommandError(`there is no command or topic "${name}"`, {
      where: `dayfly docs ${name}`,
      remedy: `There are: config, schema, ${commands.map((spec) => spec.name).join(", ")}.`,
      exitCode: 2,
    });
  }
  if (options.json) terminal.print(JSON.stringify(found, null, 2));
  else if (name === "") terminal.print(commandReference(found).trimEnd());
  else terminal.print(found.flatMap(section).join("\n").trim());
  return 0;
}

async function printConfig({ options, terminal }: Call, path: readonly string[]): Promise<ExitCode> {
  const { configKeys, configReference } = await import("../core/config/config-reference.ts");
  const key = path.join(".");
  const found = configKeys(key);
  if (found.length === 0) {
    throw new CommandError(`dayfly.yaml has no key "${key}"`, {
      where: `dayfly docs config ${key}`,
      remedy: `At its top it has: ${configKeys()
        .flatMap((known) => (known.path.includes(".") ? [] : known.path.replace("[]", "")))
        .join(", ")}.`,
      exitCode: 2,
    });
  }
  if (options.json) terminal.print(JSON.stringify(found, null, 2));
  else if (key === "") terminal.print(configReference().trimEnd());
  else for (const entry of found) terminal.print(keyLines(entry));
  return 0;
}

function keyLines(entry: { path: string; type: string; default: string; text: string }): string {
  const preset = entry.default === "" ? "" : entry.default === "required" ? ", required" : `, default ${entry.default}`;
  return `${entry.path}: ${entry.type}${preset}\n    ${entry.text}`;
}
