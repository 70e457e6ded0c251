import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Every process of a machine has this in its environment from its start: how we find what left its group and session. */
export const stampName = "DAYFLY_MACHINE";

const sweepRounds = 500;
const roundMilliseconds = 20;

/**
 * Is this process the one that was started for a file or folder of that name? A pid alone may have been given to somebody else since.
 * Only the name counts: another dispatcher may spell the path to it in another way.
 */
export async function runsWith(pid: number, name: string): Promise<boolean> {
  if (pid <= 0 || !isAlive(pid)) return false;
  if (process.platform === "linux") {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return line.split("\0").some((argument) => basename(argument) === name);
  }
  return (await commandOf(pid)).trimEnd().endsWith(`/${name}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function commandOf(pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile("ps", ["-p", `${pid}`, "-o", "command="], { timeout: 5_000 }, (_error, stdout) => resolve(stdout));
  });
}

/** Sends a signal; a process or group that is gone already is no failure. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Pids that carry the machine's stamp, ours excepted. Empty where the system has no /proc. */
export async function stampedProcesses(instanceId: string): Promise<readonly number[]> {
  const stamp = `${stampName}=${instanceId}`;
  const found: number[] = [];
  for (const name of await readdir("/proc").catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
    if (environment.split("\0").includes(stamp)) found.push(pid);
  }
  return found;
}

/**
 * Kills every stamped process until none is left: a process that forks between two looks is found by the next one.
 *
 * @param spared pids that live on
 * @returns what is still there after many rounds; empty when all went well
 */
export async function killStamped(instanceId: string, spared: readonly number[] = []): Promise<readonly number[]> {
  let left: readonly number[] = [];
  for (let round = 0; round < sweepRounds; round++) {
    left = (await stampedProcesses(instanceId)).filter((pid) => !spared.includes(pid));
    if (left.length === 0) return left;
    for (const pid of left) signal(pid, "SIGKILL");
    await delay(roundMilliseconds);
  }
  return left;
}
