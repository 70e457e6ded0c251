import { spawn } from "node:child_process";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WorldError } from "../core/errors.ts";
import type { LaunchResult, Machines } from "../core/ports.ts";
import type { Launch } from "../core/run/launch.ts";
import type { ListedMachine } from "../core/run/machine.ts";
import { machineEnvironment } from "./machine/machine-environment.ts";
import {
  announceServer,
  createFolder,
  endedOf,
  instanceIdOf,
  isInstanceId,
  markEnded,
  readMachine,
  supervisorOf,
  takeCharge,
} from "./machine/machine-folder.ts";
import { killStamped, runsWith, signal } from "./machine/processes.ts";

export interface LocalMachinesOptions {
  /** Holds one folder per machine. */
  readonly folder: string;
  /** Holds the commands of ours that jobs may call; first on their PATH. */
  readonly commands?: string;
  /** Paths of bundled programs. */
  readonly programs: { readonly supervisor: string; readonly runner: string; readonly actRunner?: string };
}

export interface LocalMachines extends Machines {
  /** Says where the server is, to machines that run already too. */
  announce(url: string): Promise<void>;
  /** Whose one-time key is this? Undefined for a wrong key, and for a machine that is over. */
  identify(key: string): string | undefined;
  /** Path of the log that a machine writes while it runs; it may not be there (yet). */
  logFile(instanceId: string): string | undefined;
}

/** Ended machines stay listed so long; of their folders, which hold the logs, the newest stay. */
const listEndedMilliseconds = 3_600_000;
const keptFolders = 200;
const terminateMilliseconds = 10_000;

/**
 * Machines that are processes of this computer, each watched by a supervisor that ends it in time even when nobody else runs.
 *
 * All that is known of them stands in their folders: a dispatcher that starts again finds what still runs.
 */
export function localMachines({ folder, programs, commands }: LocalMachinesOptions): LocalMachines {
  const folderOf = (instanceId: string): string => join(folder, instanceId);
  const ours = commands === undefined ? process.env : { ...process.env, PATH: `${commands}:${process.env.PATH ?? ""}` };

  async function launchAll(launch: Launch): Promise<LaunchResult> {
    const machines = [];
    for (let index = 0; index < launch.count; index++) {
      const instanceId = instanceIdOf(launch.token, index);
      await start(folderOf(instanceId), instanceId, launch, programs, ours);
      machines.push({ instanceId });
    }
    return { kind: "launched", machines };
  }

  return {
    plan: async () => ({ kind: "local" }),
    launch: onceAtATime(launchAll),
    list: () => listMachines(folder),
    async terminate(instanceId, reason) {
      if (isInstanceId(instanceId) && readMachine(folderOf(instanceId))) await end(folderOf(instanceId), reason);
    },
    announce: (url) => announceServer(folder, url),
    identify(key) {
      const instanceId = key.slice(0, Math.max(0, key.indexOf(".")));
      if (!isInstanceId(instanceId) || endedOf(folderOf(instanceId))) return undefined;
      const machine = readMachine(folderOf(instanceId));
      return machine && isSame(machine.keyHash, hash(key)) ? instanceId : undefined;
    },
    logFile: (instanceId) => (isInstanceId(instanceId) ? join(folderOf(instanceId), "log") : undefined),
  };
}

/** Repeated calls for one launch share the answer of the first: they would start supervisors that have nothing to do. */
function onceAtATime(launch: (launch: Launch) => Promise<LaunchResult>): (launch: Launch) => Promise<LaunchResult> {
  const running = new Map<string, Promise<LaunchResult>>();
  return (one) => {
    const present = running.get(one.token);
    if (present) return present;
    const answer = launch(one).finally(() => running.delete(one.token));
    running.set(one.token, answer);
    return answer;
  };
}

/**
 * Makes the folder and starts a supervisor. A crash in between leaves a folder without one: the repeated launch starts it then.
 * A supervisor too many finds that somebody is in charge, and ends.
 */
async function start(
  folder: string,
  instanceId: string,
  { id, deadline }: Launch,
  programs: LocalMachinesOptions["programs"],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const key = `${instanceId}.${randomBytes(32).toString("hex")}`;
  const machine = {
    instanceId,
    launchId: id,
    launchedAt: Date.now(),
    deadline,
    keyHash: hash(key),
    runner: programs.runner,
    ...(programs.actRunner === undefined ? {} : { actRunner: programs.actRunner }),
  };
  await createFolder(folder, machine, key);
  if (supervisorOf(folder) !== undefined) return;
  const child = spawn(process.execPath, [programs.supervisor, folder], {
    cwd: folder,
    detached: true,
    stdio: "ignore",
    env: machineEnvironment(environment, folder, machine),
  });
  // A spawn that fails leaves the machine pending: whoever waits for it gives up at the boot limit.
  child.once("error", () => undefined);
  child.unref();
}

async function listMachines(folder: string): Promise<readonly ListedMachine[]> {
  const listed: ListedMachine[] = [];
  const ended: { instanceId: string; at: number }[] = [];
  for (const instanceId of (await readdir(folder).catch(() => [])).filter(isInstanceId)) {
    const machine = readMachine(join(folder, instanceId));
    if (!machine) continue;
    const state = await stateOf(join(folder, instanceId), instanceId);
    const endedAt = endedOf(join(folder, instanceId))?.at;
    if (endedAt !== undefined) ended.push({ instanceId, at: endedAt });
    if (endedAt !== undefined && endedAt < Date.now() - listEndedMilliseconds) continue;
    const { launchId, launchedAt, deadline } = machine;
    listed.push({ instanceId, launchId, launchedAt, deadline, state });
  }
  await forgetOldest(folder, ended);
  return listed;
}

async function stateOf(folder: string, instanceId: string): Promise<ListedMachine["state"]> {
  if (endedOf(folder)) return "ended";
  const pid = supervisorOf(folder);
  if (pid === undefined) return "pending";
  if (await runsWith(pid, basename(folder))) return "running";
  // Its supervisor was killed: nobody would end what it left.
  await killStamped(instanceId);
  await markEnded(folder, "its supervisor was killed");
  return "ended";
}

async function forgetOldest(folder: string, ended: readonly { instanceId: string; at: number }[]): Promise<void> {
  const newestFirst = [...ended].sort((a, b) => b.at - a.at);
  for (const { instanceId, at } of newestFirst.slice(keptFolders)) {
    // One that is still listed may still be asked for.
    if (at < Date.now() - listEndedMilliseconds) await rm(join(folder, instanceId), { recursive: true, force: true });
  }
}

/** Ends a machine with all its processes. The supervisor does it where it lives; else we do. */
async function end(folder: string, reason: string): Promise<void> {
  if (endedOf(folder)) return;
  // One that has not begun yet never will.
  if (await takeCharge(folder, 0)) return markEnded(folder, reason);
  await writeFile(join(folder, "reason"), reason, { mode: 0o600 });
  const pid = supervisorOf(folder) ?? 0;
  if (await runsWith(pid, basename(folder))) {
    signal(pid, "SIGTERM");
    if (!(await hasEnded(pid, folder))) signal(pid, "SIGKILL");
  }
  const machine = readMachine(folder);
  const left = machine ? await killStamped(machine.instanceId) : [];
  if (left.length > 0) throw new WorldError(`${left.length} processes of ${folder} do not end`, { retryable: true });
  await markEnded(folder, reason);
}

async function hasEnded(supervisor: number, folder: string): Promise<boolean> {
  const giveUpAt = Date.now() + terminateMilliseconds;
  while (Date.now() < giveUpAt) {
    if (!(await runsWith(supervisor, basename(folder)))) return true;
    await delay(20);
  }
  return false;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
