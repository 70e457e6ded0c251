import type { Call } from "../../lib/cli/command.ts";
import { commands } from "../../lib/cli/commands.ts";
import { run } from "../../lib/cli/program.ts";
import { terminal } from "../../lib/cli/terminal.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, as a person without colours would. */
export async function dayfly(
  argv: readonly string[],
  over: Partial<
    Pick<
      Call,
      | "checkout"
      | "folder"
      | "environment"
      | "openWorld"
      | "openStack"
      | "openStackDeploys"
      | "askSecret"
      | "examineStack"
      | "untilInterrupted"
    >
  > & {
    /** Hears each line of results as it is printed. */
    readonly onPrint?: (text: string) => void;
    /** Hears each line of talk as it is said. */
    readonly onSaid?: (text: string) => void;
  } = {},
): Promise<Said> {
  let out = "";
  let err = "";
  const { onPrint, onSaid, ...changes } = over;
  const print = (text: string) => {
    out += text;
    onPrint?.(text);
  };
  const say = (text: string) => {
    err += text;
    onSaid?.(text);
  };
  const screens = [{ write: print }, { write: say }] as const;
  const surroundings = {
    terminal: terminal(...screens, {}),
    programs: {},
    checkout: "/nowhere",
    environment: {},
    folder: "/nowhere",
    openWorld: async () => {
      throw new Error("this test has no local world");
    },
    openStack: async () => {
      throw new Error("this test has no stack");
    },
    openStackDeploys: async () => {
      throw new Error("this test has no stack");
    },
    askSecret: async () => undefined,
    examineStack: async () => {
      throw new Error("this test has no stack");
    },
    untilInterrupted: () => new AbortController().signal,
    ...changes,
  };
  const code = await run(argv, surroundings, commands);
  return { code, out, err };
}
