import type { Random } from "../../lib/core/ports.ts";

/** The same seed, the same numbers: mulberry32. Good enough for tests, useless for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    fraction,
    hex(digits) {
      let text = "";
      while (text.length < digits) text += Math.floor(fraction() * 16).toString(16);
      return text;
    },
  };
}
