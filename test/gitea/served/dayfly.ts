import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `dayfly start --url` in a folder of its own, started as often as a story likes. */
export interface Dayfly {
  readonly folder: string;
  /** Path of the real runner. */
  readonly runner: string;
  /** Resolves when it serves. */
  start(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  /** Ctrl-C; hands back its exit code. */
  stop(): Promise<number | null>;
  /** Another command, on the same folder. */
  run(...argv: readonly string[]): { readonly code: number | null; readonly out: string; readonly talk: string };
  /** From now on runners wait before they begin, as the real program, until `release`. */
  hold(): void;
  release(): void;
  talk(): string;
  dispose(): Promise<void>;
}

export interface Served {
  readonly url: string;
  readonly tokenFile: string;
  readonly runner: string;
}

const START_MS = 90_000;

export function dayflyFor({ url, tokenFile, runner }: Served): Dayfly {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-served-"));
  const gate = join(folder, "hold");
  const program = gated(runner, folder, gate);
  let child: ChildProcess | undefined;
  let talk = "";
  let port = "0";

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => running.once("exit", resolve));
    running.kill(signal);
    return ended;
  }

  return {
    folder,
    runner,
    async start() {
      const argv = ["start", "--url", url, "--token-file", tokenFile, "--runner", program, "--trust", "--port", port];
      const started = spawn(process.execPath, ["bin/dayfly.mjs", ...argv, "--dir", folder], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      child = started;
      started.stderr.on("data", (chunk) => {
        talk = `${talk}${chunk}`.slice(-4_000);
      });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`dayfly start does not serve: ${talk}`)), START_MS);
        started.once("exit", (code) => reject(new Error(`dayfly start ended with ${code}: ${talk}`)));
        started.stdout.on("data", (chunk) => {
          if (!`${chunk}`.includes("Dayfly serves")) return;
          // As with a port that somebody chose: whoever asks it finds it again after a restart.
          port = /:(\d+)\/\s*$/.exec(`${chunk}`)?.[1] ?? "0";
          clearTimeout(timer);
          resolve();
        });
      });
    },
    async kill() {
      await end("SIGKILL");
    },
    stop: () => end("SIGINT"),
    run(...argv) {
      const { status, stdout, stderr } = spawnSync(process.execPath, ["bin/dayfly.mjs", ...argv, "--dir", folder], {
        encoding: "utf8",
        timeout: 60_000,
      });
      return { code: status, out: stdout, talk: stderr };
    },
    hold: () => writeFileSync(gate, ""),
    release: () => rmSync(gate, { force: true }),
    talk: () => talk,
    async dispose() {
      await end("SIGKILL");
      if (!process.env.KEEP && existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The real runner behind a gate, so that a story may find one that is there and has taken no job yet. */
function gated(runner: string, folder: string, gate: string): string {
  const program = join(folder, "gated-runner");
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  writeFileSync(
    program,
    `#!/bin/sh\nif [ "$1" = daemon ]; then while [ -e ${quoted(gate)} ]; do sleep 0.2; done; fi\nexec ${quoted(runner)} "$@"\n`,
  );
  chmodSync(program, 0o755);
  return program;
}
