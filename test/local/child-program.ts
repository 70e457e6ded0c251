import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const cache = join(import.meta.dirname, "../../node_modules/.cache/dayfly-tests");

/** Bundles a TypeScript program of the tests, so that plain Node can run it in a process of its own. */
export function bundleProgram(source: string): string {
  const out = join(cache, `${process.pid}-${source.replace(/\.ts$/, ".mjs")}`);
  mkdirSync(cache, { recursive: true });
  const flags = ["--bundle", "--platform=node", "--format=esm", "--external:libsql", `--outfile=${out}`];
  const esbuild = join(import.meta.dirname, "../../node_modules/.bin/esbuild");
  const built = spawnSync(esbuild, [join(import.meta.dirname, source), ...flags, "--log-level=error"], {
    timeout: 60_000,
  });
  if (built.status !== 0) throw new Error(`${source} was not bundled: ${built.stderr}`);
  return out;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Whole lines that it has printed so far. */
  lines(): readonly string[];
  /** Resolves when it has printed so many lines. */
  printed(count: number): Promise<void>;
  /** Resolves when it has ended, whatever way. */
  readonly ended: Promise<void>;
}

export function runProgram(program: string, ...argv: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const waiting = new Set<() => void>();
  const lines = () => text.split("\n").slice(0, -1);
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    for (const look of waiting) look();
  });
  return {
    child,
    lines,
    ended: new Promise((resolve) => child.once("close", () => resolve())),
    printed(count) {
      return new Promise((resolve, reject) => {
        function look(): void {
          if (lines().length < count) return;
          waiting.delete(look);
          resolve();
        }
        child.once("close", () => reject(new Error(`it ended after ${lines().length} lines`)));
        waiting.add(look);
        look();
      });
    },
  };
}
