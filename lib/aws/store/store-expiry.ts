import type { Instant } from "../../core/event.ts";
import { recordsKeptMs } from "../../core/run/retention.ts";

/** DynamoDB's time to live counts in seconds since 1970. */
export function secondsOf(instant: Instant): number {
  return Math.ceil(instant / 1000);
}

/** `expiry` of a record that is of no use after that instant. */
export function expiryAfter(instant: Instant): number {
  return secondsOf(instant + recordsKeptMs);
}
