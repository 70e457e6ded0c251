import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";

/**
 * What the post-receive hook notes of each updated ref, and the signed body of the webhook that it sends: one and the same.
 *
 * Every push is a file of its own, `dayfly/pushes/<number>.json` inside the repository, that appears at once and whole;
 * `<number>.planned` beside it says that it has been dealt with. Numbers never come twice, whoever pushes at the same time.
 */
export const NotedPush = z.object({
  pushId: z.string().check(z.regex(/^[1-9]\d{0,14}$/)),
  repository: z.object({ id: z.string(), name: z.string() }),
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  sender: z.string(),
  /** Milliseconds since 1970. */
  at: z.int(),
  /** For a new branch: the commit behind its own commits, or `root`, or `none` where it has no own ones. */
  base: z.optional(z.string()),
  /** For a tag: how many tags came in the same push. */
  tags: z.optional(z.int().check(z.positive())),
});
export type NotedPush = z.infer<typeof NotedPush>;

/** So many dealt-with pushes stay readable: the newest also keeps the numbers rising. */
const kept = 1000;

/** Writes pushes down, on the disk before this returns, and hands them back with their numbers. */
export function notePushes(repository: string, pushes: readonly Omit<NotedPush, "pushId">[]): readonly NotedPush[] {
  const folder = pushesOf(repository);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const noted: NotedPush[] = [];
  let number = lastNumber(folder);
  for (const push of pushes) {
    while (!writeNew(folder, { pushId: `${++number}`, ...push })) {
      // Somebody pushing at the same time took this number.
    }
    noted.push({ pushId: `${number}`, ...push });
  }
  syncFolder(folder);
  forgetOld(folder, number - kept);
  return noted;
}

/** Pushes that nobody has dealt with, oldest first, at most `limit`. A file that is no note of ours is left alone. */
export function pendingPushes(repository: string, limit = Number.POSITIVE_INFINITY): readonly NotedPush[] {
  const names = new Set(list(pushesOf(repository)));
  const pending: NotedPush[] = [];
  for (const number of numbersOf(names)) {
    if (pending.length >= limit) break;
    if (names.has(`${number}.planned`)) continue;
    const noted = findPush(repository, `${number}`);
    if (noted) pending.push(noted);
  }
  return pending;
}

/** The note of one push, whether dealt with or not; the oldest are forgotten. */
export function findPush(repository: string, pushId: string): NotedPush | undefined {
  const file = join(pushesOf(repository), `${pushId}.json`);
  if (!/^\d+$/.test(pushId) || !existsSync(file)) return undefined;
  try {
    return NotedPush.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

export function markPlanned(repository: string, pushId: string): void {
  writeFileSync(join(pushesOf(repository), `${pushId}.planned`), "");
}

function pushesOf(repository: string): string {
  return join(repository, "dayfly", "pushes");
}

function list(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function numbersOf(names: Iterable<string>): readonly number[] {
  const numbers: number[] = [];
  for (const name of names) if (/^[1-9]\d{0,14}\.json$/.test(name)) numbers.push(Number.parseInt(name, 10));
  return numbers.sort((a, b) => a - b);
}

function lastNumber(folder: string): number {
  return numbersOf(list(folder)).at(-1) ?? 0;
}

/** The file appears whole or not at all, and never over another: a hard link fails where the name is taken. */
function writeNew(folder: string, push: NotedPush): boolean {
  const draft = join(folder, `draft-${randomUUID()}`);
  writeDurably(draft, JSON.stringify(push));
  try {
    linkSync(draft, join(folder, `${push.pushId}.json`));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, "w", 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The note goes before its mark: the other way round a crash would bring an old push back to life. */
function forgetOld(folder: string, upTo: number): void {
  const names = new Set(list(folder));
  for (const number of numbersOf(names)) {
    if (number > upTo) return;
    if (!names.has(`${number}.planned`)) continue;
    rmSync(join(folder, `${number}.json`), { force: true });
    rmSync(join(folder, `${number}.planned`), { force: true });
  }
}
