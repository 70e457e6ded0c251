import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "libsql";
import { UserError, WorldError } from "../../core/errors.ts";
import { SCHEMA_VERSION, tables } from "./store-tables.ts";

export type StoreFile = InstanceType<typeof Database>;

/**
 * Opens the one file that holds everything on this computer.
 *
 * `write` makes folder and file where there are none. `read` changes nothing, and works while another process writes.
 *
 * @throws UserError with one sentence where the file cannot be used
 */
export function openStoreFile(path: string, mode: "write" | "read"): StoreFile {
  try {
    return mode === "write" ? openForWriting(path) : openForReading(path);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(whyUnusable(path, error));
  }
}

function openForWriting(path: string): StoreFile {
  makeFolder(dirname(path));
  const file = new Database(path);
  try {
    file.pragma("busy_timeout=5000");
    file.pragma("journal_mode=WAL");
    // An acknowledged write survives a power cut, not only a crash.
    file.pragma("synchronous=FULL");
    file.transaction(() => createTables(file, path)).immediate();
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Step by step: Node's recursive mkdir never returns where a parent can be seen but nothing made in it, as below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
}

function openForReading(path: string): StoreFile {
  if (!existsSync(path)) throw new UserError(`there is no store at ${path} yet: nothing has run here`);
  const file = new Database(`${pathToFileURL(path)}?mode=ro`);
  try {
    file.pragma("busy_timeout=5000");
    checkVersion(file, path);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function createTables(file: StoreFile, path: string): void {
  const objects = file.prepare("SELECT count(*) AS n FROM sqlite_schema").get() as { n: number };
  if (objects.n > 0) {
    checkVersion(file, path);
    return;
  }
  file.exec(tables);
  file.pragma(`user_version=${SCHEMA_VERSION}`);
}

function checkVersion(file: StoreFile, path: string): void {
  const { user_version: found } = file.prepare("PRAGMA user_version").get() as { user_version: number };
  if (found === SCHEMA_VERSION) return;
  const whose =
    found > SCHEMA_VERSION ? "a newer Dayfly" : found > 0 ? "an older Dayfly" : "something other than Dayfly";
  throw new UserError(
    `${path} was written by ${whose} (layout ${found}, this one reads ${SCHEMA_VERSION}): move the file away, or name another folder`,
  );
}

function whyUnusable(path: string, error: unknown): string {
  const { code = "", message } = error as { code?: string; message: string };
  if (code === "SQLITE_NOTADB") return `${path} is not a store of Dayfly: move the file away, or name another folder`;
  if (
    /^(EACCES|EPERM|EROFS|ENOENT|ENOTDIR|SQLITE_READONLY|SQLITE_CANTOPEN)/.test(code) ||
    message.includes("Unable to open")
  ) {
    return `${path} cannot be opened for writing: make its folder writable, or name another one`;
  }
  return `${path} cannot be opened (${message})`;
}

/**
 * One use of the file.
 *
 * @throws WorldError, retryable, where the disk is full, fails, or another process keeps the file too long
 */
export function useFile<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as { code?: unknown } | undefined)?.code;
    if (typeof code !== "string" || !/^SQLITE_(BUSY|LOCKED|FULL|IOERR|PROTOCOL)/.test(code)) throw error;
    throw new WorldError(`the store could not be used (${code})`, { retryable: true, cause: error });
  }
}
