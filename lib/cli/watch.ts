import { setTimeout } from "node:timers/promises";

const LOOK_EVERY_MS = 400;

/** Looks again and again, until `look` says that it is done or the signal fires; false when the signal ended it. */
export async function watch(signal: AbortSignal, look: () => Promise<"again" | "done">): Promise<boolean> {
  while (!signal.aborted) {
    if ((await look()) === "done") return true;
    await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
