import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Run } from "../../lib/core/run/run.ts";

const program = new URL("../../bin/dayfly.mjs", import.meta.url).pathname;

/** `dayfly start` as a process of its own, in one folder, started as often as a test likes. */
export interface StartedServer {
  readonly folder: string;
  /** Resolves when it serves. */
  start(): Promise<void>;
  /** kill -9: nothing of it gets to say a word. */
  kill(): Promise<void>;
  /** Ctrl-C; resolves when it has ended. */
  stop(): Promise<number | null>;
  runs(): Promise<readonly Run[]>;
  /** What it said last. */
  complaints(): string;
}

const startSeconds = 180;

export function serverIn(folder: string): StartedServer {
  let child: ChildProcess | undefined;
  let talk = "";

  async function ended(): Promise<number | null> {
    const process = child;
    if (!process || process.exitCode !== null || process.signalCode !== null) return process?.exitCode ?? null;
    return new Promise((resolve) => process.once("exit", resolve));
  }

  return {
    folder,
    async start() {
      const server = spawn(process.execPath, [program, "start", "--port", "0", "--dir", folder], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      child = server;
      server.stderr.on("data", (chunk) => {
        talk = `${talk}${chunk}`.slice(-2_000);
      });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`it does not serve: ${talk}`)), startSeconds * 1000);
        createInterface({ input: server.stdout }).on("line", (line) => line.includes("http://") && resolve());
        server.once("exit", (code) => reject(new Error(`it ended with ${code}: ${talk}`)));
        server.once("exit", () => clearTimeout(timer));
      });
    },
    async kill() {
      child?.kill("SIGKILL");
      await ended();
    },
    async stop() {
      child?.kill("SIGINT");
      return ended();
    },
    async runs() {
      const argv = [program, "runs", "--json", "--limit", "1000", "--dir", folder];
      const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 1 << 26 });
      return JSON.parse(stdout).runs;
    },
    complaints: () => talk,
  };
}
