import { statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseJson } from "../../core/json.ts";
import { readLog } from "../log-file.ts";

/** What the server beside us made of the next delivery of a forge. `silent`: none came. */
export type Arrival = "taken" | "refused" | "silent";

interface Listening {
  /** The server's log. */
  readonly log: string;
  /** The forge's name there. */
  readonly name: string;
}

/** Gitea gives up after five seconds, and may have others to send before. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 250;

/** Notes where the server's log ends now, and hands back the question what has come since. */
export async function arrivalIn({ log, name }: Listening): Promise<() => Promise<Arrival>> {
  let from = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  return async () => {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(PAUSE_MS)) {
      const part = await readLog(log, from);
      from = part?.next ?? from;
      for (const line of part?.text.split("\n") ?? []) {
        const word = arrivalOf(parseJson(line), name);
        if (word) return word;
      }
    }
    return "silent";
  };
}

const words: Readonly<Record<string, Arrival>> = {
  "webhook ignored": "taken",
  "webhook queued": "taken",
  "webhook refused": "refused",
};

function arrivalOf(entry: unknown, name: string): Arrival | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const { message, forge } = entry as Readonly<Record<string, unknown>>;
  return forge === name && typeof message === "string" ? words[message] : undefined;
}
