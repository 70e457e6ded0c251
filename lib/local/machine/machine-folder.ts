import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod/mini";

/**
 * What a machine of this computer is on the disk. Everything about it stands in its folder, so that a dispatcher
 * which has just started knows as much as the one before:
 *
 * `machine.json` what it was launched as · `key` its one-time key, until the supervisor has taken it · `supervisor` who watches it:
 * made once, never replaced · `ended` when and why it was over · `log` · `home`, `work`, `tmp` its job's own folders
 */
export const MachineFile = z.object({
  instanceId: z.string(),
  launchId: z.string(),
  launchedAt: z.int(),
  deadline: z.int(),
  /** SHA-256 of the key, hex. */
  keyHash: z.string(),
  /** Path of the built-in runner's program. */
  runner: z.string(),
  /** Path of Gitea's own runner, where jobs of a Gitea are served. */
  actRunner: z.optional(z.string()),
});
export type MachineFile = z.infer<typeof MachineFile>;

const Supervisor = z.object({ pid: z.int() });
const Ended = z.object({ at: z.int(), cause: z.string() });
export type Ended = z.infer<typeof Ended>;

/** Ids come from tokens of ours and from whoever calls the server: nothing else becomes a path. */
export function isInstanceId(text: string): boolean {
  return /^local-[0-9a-f]{16}-\d{1,4}$/.test(text);
}

/** The same launch token names the same machines. */
export function instanceIdOf(token: string, index: number): string {
  return `local-${createHash("sha256").update(token).digest("hex").slice(0, 16)}-${index}`;
}

/**
 * Makes a machine's folder, whole or not at all, unless it is there already.
 *
 * @param key the one-time key; the folder keeps it only until the supervisor has read it
 */
export async function createFolder(folder: string, machine: MachineFile, key: string): Promise<void> {
  if (existsSync(folder)) return;
  const draft = `${folder}.${randomUUID()}`;
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    for (const own of ["home", "work", "tmp"]) await mkdir(join(draft, own), { mode: 0o700 });
    await writeFile(join(draft, "key"), key, { mode: 0o600 });
    await writeFile(join(draft, "machine.json"), JSON.stringify(machine), { mode: 0o600 });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Somebody else launched the same at the same time.
    if (!existsSync(folder)) throw error;
  }
}

export function readMachine(folder: string): MachineFile | undefined {
  return read(join(folder, "machine.json"), MachineFile);
}

/** The process that watches the machine; undefined where none has begun yet. */
export function supervisorOf(folder: string): number | undefined {
  return read(join(folder, "supervisor"), Supervisor)?.pid;
}

/** Only the first to ask watches a machine, for good. A pid of 0 keeps everybody from it. */
export async function takeCharge(folder: string, pid: number): Promise<boolean> {
  try {
    await writeFile(join(folder, "supervisor"), JSON.stringify({ pid }), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

export function endedOf(folder: string): Ended | undefined {
  return read(join(folder, "ended"), Ended);
}

/** Writes down that the machine is over, and removes what its job left. The log stays. */
export async function markEnded(folder: string, cause: string): Promise<void> {
  const draft = join(folder, `ended.${randomUUID()}`);
  for (const own of ["key", "token", "work", "home", "tmp"]) await removeAll(join(folder, own));
  if (existsSync(join(folder, "ended"))) return;
  await writeFile(draft, JSON.stringify({ at: Date.now(), cause } satisfies Ended), { mode: 0o600 });
  await rename(draft, join(folder, "ended"));
}

/** Go's module cache and the like are read-only folders: they have to be opened before they can be emptied. */
async function removeAll(path: string): Promise<void> {
  const isGone = await rm(path, { recursive: true, force: true }).then(
    () => true,
    () => false,
  );
  if (isGone) return;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o700).catch(() => undefined);
  }
  await rm(path, { recursive: true, force: true });
}

/** Tells all machines of a folder, those that run already too, where the server is: a new one may have a new port. */
export async function announceServer(machines: string, url: string): Promise<void> {
  await mkdir(machines, { recursive: true, mode: 0o700 });
  const draft = join(machines, `server.${randomUUID()}`);
  await writeFile(draft, url);
  await rename(draft, join(machines, "server"));
}

/** Origin of the server, as last announced; undefined before the first announcement. */
export function serverUrl(machine: string): string | undefined {
  try {
    return readFileSync(join(dirname(machine), "server"), "utf8");
  } catch {
    return undefined;
  }
}

/** A file that is missing or only half there is as good as none: whoever writes one does it anew. */
function read<T extends z.ZodMiniType>(file: string, shape: T): z.infer<T> | undefined {
  try {
    return shape.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
