import { closeSync, openSync, writeSync } from "node:fs";

/** Beyond this a log ends with one line that says so. */
const maxLogBytes = 8 << 20;
/** A line is cut into pieces of this length: progress bars and binaries know no line ends. */
const maxLineCharacters = 16_384;

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
  let rest = "";

  function put(line: string): void {
    if (written > maxBytes) return;
    const text = `${new Date().toISOString()} ${printable(line)}\n`;
    written += Buffer.byteLength(text);
    const last = `${new Date().toISOString()} the log ends here: it is longer than ${maxBytes} bytes\n`;
    writeSync(handle, written > maxBytes ? last : text);
  }

  function flush(): void {
    if (rest !== "") put(rest);
    rest = "";
  }

  return {
    write(chunk) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) put(line);
      if (rest.length > maxLineCharacters) flush();
    },
    say(line) {
      flush();
      put(line);
    },
    close() {
      flush();
      closeSync(handle);
    },
  };
}

/** Colours stay; whatever else would move a terminal's cursor or title goes. */
function printable(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return line.replace(/\r$/, "").replace(/\x1b(?!\[[\d;]{0,40}m)|[\0-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, "");
}
