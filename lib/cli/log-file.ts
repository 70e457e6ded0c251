import { open } from "node:fs/promises";
import type { LogPart } from "../dashboard/run-page.ts";
import { errorCode } from "./failure.ts";

const PART_BYTES = 256 * 1024;

/**
 * Whole lines of a log file from that byte on, as many as fit in 256 KiB; a negative place counts from the end.
 * Undefined where there is no such file yet.
 */
export async function readLog(path: string, from: number): Promise<LogPart | undefined> {
  const file = await open(path).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const start = from < 0 ? Math.max(0, size + from) : Math.min(from, size);
    const room = Buffer.alloc(Math.min(PART_BYTES, size - start));
    const { bytesRead } = await file.read(room, { position: start });
    const read = room.subarray(0, bytesRead);
    // Reading from the end begins in the middle of a line: that line is left out.
    const first = from < 0 && start > 0 ? read.indexOf("\n") + 1 : 0;
    const end = read.lastIndexOf("\n") + 1;
    const text = read.subarray(first, Math.max(first, end)).toString("utf8");
    return { text, from: start + first, next: start + Math.max(first, end) };
  } finally {
    await file.close();
  }
}
