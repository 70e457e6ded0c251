import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./failure.ts";

/**
 * Makes a folder with all that are missing above it, for its owner alone.
 *
 * Node's own `recursive` tries for ever below /proc, where a folder can neither be found nor be made.
 */
export async function makeFolder(path: string, isRetry = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || isRetry || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path, true);
  }
}
