import { spawn } from "node:child_process";
import { constants } from "node:os";
import { lineSplitter } from "../machine/line-splitter.ts";
import { signal } from "../machine/processes.ts";

export interface Script {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

export type ScriptEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "not-started"; readonly text: string };

/** How long a script that was asked to end may take over it. */
const graceMilliseconds = 5_000;
/** A script may leave a process behind that holds its output open: it is over all the same. */
const lastWordsMilliseconds = 500;

/** Leaders of the process groups that run now. */
const groups = new Set<number>();

/** Runs one script in a process group of its own. When `stop` fires the whole group is asked to end, then made to. */
export function runScript({ argv, cwd, env, onLine }: Script, stop: AbortSignal): Promise<ScriptEnd> {
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const splitters = [child.stdout, child.stderr].map((stream) => {
    const lines = lineSplitter(onLine);
    stream.setEncoding("utf8").on("data", lines.write);
    return lines;
  });
  const endGroup = () => askToEnd(child.pid);
  stop.addEventListener("abort", endGroup, { once: true });
  if (child.pid !== undefined) groups.add(child.pid);
  if (stop.aborted) endGroup();

  return new Promise((resolve) => {
    function end(how: ScriptEnd): void {
      stop.removeEventListener("abort", endGroup);
      if (child.pid !== undefined) groups.delete(child.pid);
      for (const lines of splitters) lines.flush();
      resolve(stop.aborted ? { kind: "stopped" } : how);
    }
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT" ? `there is no program ${program}, or no folder ${cwd}` : error.message;
      end({ kind: "not-started", text: missing });
    });
    child.once("exit", (code, name) => {
      const how = { kind: "exited", code: code ?? 128 + (name ? constants.signals[name] : 0) } as const;
      // What is in the pipes already is read first: after a stall of this process the timer would come before it.
      const timer = setTimeout(() => setImmediate(() => end(how)), lastWordsMilliseconds);
      child.once("close", () => {
        clearTimeout(timer);
        end(how);
      });
    });
  });
}

function askToEnd(pid: number | undefined): void {
  if (pid === undefined) return;
  signal(-pid, "SIGTERM");
  setTimeout(() => signal(-pid, "SIGKILL"), graceMilliseconds).unref();
}

/** For the runner's own end: nothing that it started may outlive it. */
export function killAllScripts(): void {
  for (const pid of groups) signal(-pid, "SIGKILL");
}
