import * as z from "zod";
import type { Instant } from "./event.ts";

/** `2026-01-31T09:30:00.000Z`: how rows and people write an instant. It sorts like the instant itself. */
export function isoOf(instant: Instant): string {
  // biome-ignore lint/style/noRestrictedGlobals: it only writes down the instant that it is given; it does not ask for the time.
  return new Date(instant).toISOString();
}

/** An instant that is written as ISO text outside and counted in milliseconds inside. */
export const isoTime = z.codec(z.iso.datetime(), z.int(), {
  // biome-ignore lint/style/noRestrictedGlobals: as above; the text is all that it looks at.
  decode: (text) => Date.parse(text),
  encode: (instant) => isoOf(instant),
});
