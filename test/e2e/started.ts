import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "../local/eventually.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** A home without anything in it: no git identity, no configuration, no cache. */
export interface Newcomer {
  readonly folder: string;
  readonly environment: Record<string, string>;
  git(...argv: string[]): string;
  dayfly(...argv: string[]): { code: number; out: string; err: string };
  remove(): void;
}

export function newcomer(): Newcomer {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-e2e-"));
  const environment = { PATH: process.env.PATH ?? "", HOME: join(folder, "home"), DAYFLY_DIR: join(folder, "world") };
  const options = { cwd: folder, env: environment, encoding: "utf8" as const };
  return {
    folder,
    environment,
    git: (...argv) => execFileSync("git", argv, { ...options, stdio: "pipe" }),
    dayfly(...argv) {
      try {
        const out = execFileSync(process.execPath, [join(checkout, "bin/dayfly.mjs"), ...argv], {
          ...options,
          stdio: "pipe",
        });
        return { code: 0, out, err: "" };
      } catch (error) {
        const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
        return { code: status, out: stdout, err: stderr };
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Started {
  readonly url: string;
  /** What it has printed so far. */
  readonly said: () => string;
  readonly process: ChildProcess;
  /** Ctrl-C; resolves with its exit code. */
  stop(): Promise<number>;
}

/** `dayfly start` as a process of its own, on a free port. */
export async function start({ folder, environment }: Newcomer, ...argv: string[]): Promise<Started> {
  const child = spawn(process.execPath, [join(checkout, "bin/dayfly.mjs"), "start", "--port", "0", ...argv], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk));
  const url = await eventually("the address of the page", () => {
    if (child.exitCode !== null) throw new Error(`dayfly start ended with code ${child.exitCode}: ${said}`);
    return /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
  });
  return {
    url,
    said: () => said,
    process: child,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child, "exit");
      child.kill("SIGINT");
      return (await ended)[0] as number;
    },
  };
}

/** Command lines of the processes that name this folder in their environment or arguments. */
export function processesOf(folder: string): readonly string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    const texts = ["environ", "cmdline"].map((name) => contentOf(`/proc/${pid}/${name}`));
    return texts.some((text) => text.includes(folder)) ? [texts[1] ?? ""] : [];
  });
}

function contentOf(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  } catch {
    return "";
  }
}
