import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { verbOf, wordsOf } from "../core/deploy/command-words.ts";
import type { Commands, TargetCommand } from "../core/deploy/deploy-ports.ts";
import { readReport } from "../core/deploy/target-report.ts";
import { parseJson } from "../core/json.ts";
import { runsWith } from "./machine/processes.ts";

export interface LocalCommandsOptions {
  /** Root of an installation of target-host: `install.sh --local --root`. */
  readonly target: string;
  /** Holds one folder for each command. */
  readonly folder: string;
}

/** Commands whose folders stay; an older one's outcome is known to the deploy that sent it, and to deployctl. */
const keptCommands = 200;

/**
 * A target on this computer: each command is a process of the real deployctl, which goes on when we end.
 *
 * What is known of a command stands in its folder, so whoever starts again finds it.
 */
export function localCommands({ target, folder }: LocalCommandsOptions): Commands {
  const deployctl = join(target, "opt", "dayfly", "bin", "deployctl");
  return {
    async send(command) {
      if (!existsSync(deployctl)) return { kind: "impossible", text: `there is no deploy target at ${target}` };
      const commandId = `${String(Date.now()).padStart(14, "0")}-${randomBytes(8).toString("hex")}`;
      await start(deployctl, join(folder, commandId), command);
      await forgetOldest(folder);
      return { kind: "sent", commandId };
    },
    async find(deployId) {
      return commandIds(folder).filter((id) => isDeployOf(join(folder, id), deployId));
    },
    async result(commandId) {
      if (!isCommandId(commandId)) return { kind: "undelivered", text: "there is no such command" };
      const place = join(folder, commandId);
      // Asked before the output is read: a process may end in between, and then its whole output is there.
      const atWork = await isAtWork(place);
      const stdout = read(join(place, "stdout"));
      const report = stdout?.endsWith("\n") ? readReport(stdout) : undefined;
      if (report) return { kind: "reported", report };
      if (atWork) return { kind: "pending" };
      if (!existsSync(join(place, "command.json"))) return { kind: "undelivered", text: "there is no such command" };
      return { kind: "unheard", text: "deployctl ended without its line" };
    },
  };
}

/** Newest first: an id begins with the time. */
function commandIds(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter(isCommandId).sort().reverse() : [];
}

function isCommandId(text: string): boolean {
  return /^\d{14}-[0-9a-f]{16}$/.test(text);
}

/**
 * The folder stands, whole, before the process begins: a crash in between leaves a command that never ran, as on any network.
 * The folder's path is the name of a shell that does nothing else, so that the process can be told from others by it.
 */
async function start(deployctl: string, folder: string, command: TargetCommand): Promise<void> {
  await mkdir(`${folder}.new`, { recursive: true, mode: 0o700 });
  const { kind, deployId = null } = command;
  await writeFile(join(`${folder}.new`, "command.json"), JSON.stringify({ kind, verb: verbOf(command), deployId }));
  await rename(`${folder}.new`, folder);
  const stdout = await open(join(folder, "stdout"), "w", 0o600);
  const stderr = await open(join(folder, "stderr"), "w", 0o600);
  try {
    const words = Object.entries(wordsOf(command)).map(([word, value]) => [variableOf(word), value]);
    const child = spawn("bash", ["-c", '"$1" "$2"; exit "$?"', folder, deployctl, verbOf(command)], {
      detached: true,
      stdio: ["ignore", stdout.fd, stderr.fd],
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", ...Object.fromEntries(words) },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    await writeFile(join(folder, "pid"), String(child.pid ?? 0));
  } finally {
    await stdout.close();
    await stderr.close();
  }
}

/** `notAfter` → `DEPLOY_NOT_AFTER` */
function variableOf(word: string): string {
  return `DEPLOY_${word.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

const CommandFile = z.object({ kind: z.enum(["deploy", "inspect"]), deployId: z.nullable(z.string()) });

/** An inspection may name a deploy too: it is none. */
function isDeployOf(folder: string, deployId: string): boolean {
  const command = CommandFile.safeParse(parseJson(read(join(folder, "command.json")) ?? ""));
  return command.success && command.data.kind === "deploy" && command.data.deployId === deployId;
}

async function isAtWork(folder: string): Promise<boolean> {
  return runsWith(Number(read(join(folder, "pid")) ?? 0), folder.slice(folder.lastIndexOf("/") + 1));
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function forgetOldest(folder: string): Promise<void> {
  for (const id of commandIds(folder).slice(keptCommands)) await rm(join(folder, id), { recursive: true, force: true });
}
