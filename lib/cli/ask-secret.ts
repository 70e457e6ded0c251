import type { ReadStream } from "node:tty";

/** Keys as a terminal in raw mode sends them. */
const keys = { enter: ["\r", "\n"], stop: ["\u0003", "\u0004"], back: ["\u007f", "\b"] };

/**
 * Asks a person for a secret without showing it, or takes the first line of what is piped in.
 *
 * @returns undefined where nothing was given
 */
export async function askSecret(
  stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, "isTTY" | "setRawMode">>,
  say: (text: string) => void,
  question: string,
): Promise<string | undefined> {
  const hidden = stdin.isTTY === true;
  if (hidden) say(`${question}: `);
  stdin.setEncoding("utf8");
  stdin.setRawMode?.(true);
  try {
    return (await firstLine(stdin, hidden)).trim() || undefined;
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    if (hidden) say("\n");
  }
}

async function firstLine(stdin: NodeJS.ReadableStream, typed: boolean): Promise<string> {
  let line = "";
  for await (const chunk of stdin) {
    for (const key of String(chunk)) {
      if (keys.enter.includes(key)) return line;
      if (typed && keys.stop.includes(key)) return "";
      line = typed && keys.back.includes(key) ? line.slice(0, -1) : line + key;
    }
  }
  return line;
}
