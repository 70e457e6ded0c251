import { describe, expect, it } from "@jest/globals";
import { backoffSeconds } from "../../../lib/core/run/backoff.ts";

describe("how long to wait before the next try", () => {
  it.each([
    { failures: 1, least: 1, most: 5 },
    { failures: 2, least: 1, most: 10 },
    { failures: 5, least: 1, most: 80 },
    { failures: 9, least: 1, most: 300 },
    { failures: 60, least: 1, most: 300 },
  ])("after $failures failures: anything from $least to $most seconds", ({ failures, least, most }) => {
    expect(backoffSeconds(failures, 0)).toBe(least);
    expect(backoffSeconds(failures, 0.999_999)).toBe(most);
  });
});
