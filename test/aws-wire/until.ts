import { setTimeout as pause } from "node:timers/promises";

/** Waits for something that is watched from outside; says what was seen last when it never comes. */
export async function until<T>(
  look: () => Promise<T> | T,
  fits: (seen: T) => boolean,
  milliseconds = 180_000,
): Promise<T> {
  const started = Date.now();
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
    if (Date.now() - started > milliseconds) throw new Error(`it never came; last seen: ${JSON.stringify(seen)}`);
    await pause(50);
  }
}
