import { closeSync, openSync, writeSync } from "node:fs";
import { lineSplitter } from "../machine/line-splitter.ts";

/** Beyond this a log ends with one line that says so. */
const maxLogBytes = 8 << 20;

/** The log of one machine: every line with the time when it came, bounded. */
export interface MachineLog {
  /** Text as a program printed it, cut anywhere. */
  write(chunk: string): void;
  /** A line of our own. */
  say(line: string): void;
  close(): void;
}

export function openLog(file: string, maxBytes: number = maxLogBytes): MachineLog {
  const handle = openSync(file, "a", 0o600);
  let written = 0;

  function put(line: string): void {
    if (written > maxBytes) return;
    const text = `${new Date().toISOString()} ${printable(line)}\n`;
    written += Buffer.byteLength(text);
    const last = `${new Date().toISOString()} the log ends here: it is longer than ${maxBytes} bytes\n`;
    writeSync(handle, written > maxBytes ? last : text);
  }

  const lines = lineSplitter(put);
  return {
    write: lines.write,
    say(line) {
      lines.flush();
      put(line);
    },
    close() {
      lines.flush();
      closeSync(handle);
    },
  };
}

/** Colours stay; whatever else would move a terminal's cursor or title goes. */
function printable(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return line.replace(/\r$/, "").replace(/\x1b(?!\[[\d;]{0,40}m)|[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, "");
}
