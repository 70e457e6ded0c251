import { setTimeout as delay } from "node:timers/promises";

/** Waits for other processes: asks every 20 ms, and fails after `limitSeconds` (longer than any computer needs) with what it waited for. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitSeconds = 120,
): Promise<T> {
  const giveUpAt = Date.now() + limitSeconds * 1000;
  while (Date.now() < giveUpAt) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await delay(20);
  }
  throw new Error(`gave up waiting for: ${what}`);
}
