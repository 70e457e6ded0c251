import { appendFileSync, renameSync, statSync } from "node:fs";
import type { Clock, Facts, Log } from "../core/ports.ts";

const MAX_BYTES = 10_000_000;

/** One JSON line for each entry, in a file that is set aside when it grows: at most two files of 10 MB. */
export function jsonLog(path: string, clock: Clock): Log {
  let left = MAX_BYTES - (statSync(path, { throwIfNoEntry: false })?.size ?? 0);

  function write(level: string, message: string, facts: Facts = {}): void {
    const entry = { at: new Date(clock.now()).toISOString(), level, message, ...facts };
    const line = `${JSON.stringify(entry, withErrors)}\n`;
    try {
      if (left < 0) {
        renameSync(path, `${path}.1`);
        left = MAX_BYTES;
      }
      appendFileSync(path, line, { mode: 0o600 });
      left -= line.length;
    } catch {
      // A full disk is no reason to stop serving; the store will speak of it.
    }
  }

  return {
    info: (message, facts) => write("info", message, facts),
    warn: (message, facts) => write("warn", message, facts),
    error: (message, facts) => write("error", message, facts),
  };
}

/** JSON has no form for errors: their message and stack are what one looks for. */
function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
