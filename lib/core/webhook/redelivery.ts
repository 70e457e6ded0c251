import { WorldError } from "../errors.ts";
import type { Handled } from "../ports.ts";

/** How patient a queue is. */
export interface RedeliveryPolicy {
  /** A message that was handed over so often without success is a dead letter. */
  readonly maxReceives: number;
  /** How long a handler may take before its message is handed over to somebody else. */
  readonly visibilitySeconds: number;
}

export const usualRedelivery: RedeliveryPolicy = { maxReceives: 5, visibilitySeconds: 60 };

/** The longest delay that every queue can keep. */
const LONGEST_DELAY_SECONDS = 900;

/** Whole seconds, never fewer than asked for. @throws WorldError where no queue can wait so long */
export function delayOf(seconds: number): number {
  if (seconds >= 0 && seconds <= LONGEST_DELAY_SECONDS) return Math.ceil(seconds);
  throw new WorldError(`a delay of ${seconds} seconds is not between 0 and ${LONGEST_DELAY_SECONDS}`, {
    retryable: false,
  });
}

export type Fate =
  | { readonly kind: "forget" }
  | { readonly kind: "again"; readonly seconds: number }
  | { readonly kind: "dead"; readonly reason: string };

/** What becomes of a message after its handler answered. `receiveCount` includes this time. */
export function fateOf(handled: Handled, receiveCount: number, policy: RedeliveryPolicy): Fate {
  switch (handled.kind) {
    case "done":
      return { kind: "forget" };
    case "poison":
      return { kind: "dead", reason: handled.reason };
    case "retry":
      if (receiveCount >= policy.maxReceives)
        return { kind: "dead", reason: `handed over ${receiveCount} times in vain` };
      return { kind: "again", seconds: handled.seconds };
  }
}
