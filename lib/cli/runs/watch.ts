import { setTimeout } from "node:timers/promises";

/** On this computer a look costs nothing; each one at a table on AWS is billed. */
const LOOK_EVERY_MS = { here: 400, stack: 3_000 };

/** Looks again and again, until `look` says that it is done or the signal fires; false when the signal ended it. */
export async function watch(
  signal: AbortSignal,
  look: () => Promise<"again" | "done">,
  where: keyof typeof LOOK_EVERY_MS = "here",
): Promise<boolean> {
  while (!signal.aborted) {
    if ((await look()) === "done") return true;
    await setTimeout(LOOK_EVERY_MS[where], undefined, { signal }).catch(() => undefined);
  }
  return false;
}
