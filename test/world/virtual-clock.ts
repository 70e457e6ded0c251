import type { Instant } from "../../lib/core/event.ts";
import type { Clock } from "../../lib/core/ports.ts";

/** Time that passes only when somebody says so. */
export interface VirtualClock extends Clock {
  advance(seconds: number): void;
  /** Never backwards. */
  advanceTo(instant: Instant): void;
}

export const testStart: Instant = Date.UTC(2026, 0, 1);

export function virtualClock(start: Instant = testStart): VirtualClock {
  let now = start;
  return {
    now: () => now,
    advance(seconds) {
      now += seconds * 1000;
    },
    advanceTo(instant) {
      now = Math.max(now, instant);
    },
  };
}
