import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { RunnerResult } from "../machine/registration.ts";
import type { MachineLog } from "./log-file.ts";

export interface RunnerEnd {
  readonly code: number;
  /** Absent where the runner ended without a word. */
  readonly result?: RunnerResult;
}

export interface RunnerCall {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** One line of JSON that only the runner sees; its input then stays open: it closes when the supervisor dies. */
  readonly order: unknown;
}

export interface Runner {
  readonly pid: number | undefined;
  readonly ended: Promise<RunnerEnd>;
}

const maxResultCharacters = 1 << 16;

/** Starts a runner as leader of a process group of its own; what it prints goes into the log. */
export function runRunner({ argv, cwd, env, order }: RunnerCall, log: MachineLog): Runner {
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe", "pipe"] });
  const { stdin, stdout, stderr } = child;
  const channel = child.stdio[3] as Readable;
  for (const stream of [stdout, stderr]) stream.setEncoding("utf8").on("data", (chunk: string) => log.write(chunk));
  stdin.on("error", () => undefined);
  stdin.write(`${JSON.stringify(order)}\n`);

  let words = "";
  channel.setEncoding("utf8").on("data", (chunk: string) => {
    words = (words + chunk).slice(0, maxResultCharacters);
  });
  const ended = new Promise<RunnerEnd>((resolve) => {
    child.once("error", (error) => {
      log.say(`the runner could not be started: ${error.message}`);
      resolve({ code: 127 });
    });
    child.once("exit", (code) => {
      // What it left running may hold its output open: the job is over all the same.
      setTimeout(() => resolve({ code: code ?? 137, ...parseResult(words) }), 50);
      child.once("close", () => resolve({ code: code ?? 137, ...parseResult(words) }));
    });
  });
  return { pid: child.pid, ended };
}

function parseResult(words: string): { result?: RunnerResult } {
  try {
    return { result: RunnerResult.parse(JSON.parse(words)) };
  } catch {
    return {};
  }
}
