import { expect, it } from "@jest/globals";
import { formatAge, formatDuration } from "../../lib/dashboard/assets/duration.js";

it.each([
  [-5, "0.0 s"],
  [420, "0.4 s"],
  [9_940, "9.9 s"],
  [9_960, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min 00 s"],
  [65_000, "1 min 05 s"],
  [3_599_400, "59 min 59 s"],
  [3_599_600, "1 h 00 min"],
  [7_440_000, "2 h 04 min"],
])("%d ms is %s", (milliseconds, words) => expect(formatDuration(milliseconds)).toBe(words));

it.each([
  [-1, "just now"],
  [4_999, "just now"],
  [5_000, "5 s ago"],
  [60_000, "1 min ago"],
  [3_600_000, "1 h ago"],
  [172_800_000, "2 days ago"],
])("%d ms before is %s", (milliseconds, words) => expect(formatAge(milliseconds)).toBe(words));
