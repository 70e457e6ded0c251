import Database from "libsql";

/**
 * Holds a folder for this process: the operating system lets go of it when the process ends, however it ends.
 *
 * @returns how to let go; undefined where another process holds it
 */
export function holdLock(path: string): (() => void) | undefined {
  const file = new Database(path);
  try {
    file.pragma("busy_timeout=0");
    file.exec("BEGIN EXCLUSIVE");
    return () => {
      // Closing alone leaves the transaction, and with it the lock, to the garbage collector.
      file.exec("ROLLBACK");
      file.close();
    };
  } catch (error) {
    file.close();
    if (typeof error === "object" && error !== null && "code" in error && error.code === "SQLITE_BUSY")
      return undefined;
    throw error;
  }
}
