import { describe, expect, it } from "@jest/globals";
import { WorldError } from "../../../lib/core/errors.ts";
import type { Handled } from "../../../lib/core/ports.ts";
import { delayOf, type Fate, fateOf } from "../../../lib/core/webhook/redelivery.ts";

const policy = { maxReceives: 3, visibilitySeconds: 60 };
const retry: Handled = { kind: "retry", seconds: 7 };

describe("fateOf", () => {
  it.each<[Handled, number, Fate]>([
    [{ kind: "done" }, 1, { kind: "forget" }],
    [{ kind: "done" }, 3, { kind: "forget" }],
    [retry, 1, { kind: "again", seconds: 7 }],
    [retry, 2, { kind: "again", seconds: 7 }],
    [retry, 3, { kind: "dead", reason: "handed over 3 times in vain" }],
    [{ kind: "poison", reason: "no such forge" }, 1, { kind: "dead", reason: "no such forge" }],
  ])("after %j, handed over %d times, it is %j", (handled, receiveCount, fate) => {
    expect(fateOf(handled, receiveCount, policy)).toEqual(fate);
  });
});

describe("delayOf", () => {
  it.each([
    [0, 0],
    [0.1, 1],
    [899.5, 900],
    [900, 900],
  ])("%d seconds are a delay of %d", (seconds, delay) => {
    expect(delayOf(seconds)).toBe(delay);
  });

  it.each([-0.1, 900.1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d seconds", (seconds) => {
    expect(() => delayOf(seconds)).toThrow(WorldError);
  });
});
