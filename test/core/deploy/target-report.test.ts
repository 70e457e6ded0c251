import { describe, expect, it } from "@jest/globals";
import { readReport } from "../../../lib/core/deploy/target-report.ts";

const line = {
  ...{ v: 1, deploy_id: "1".repeat(32), app: "shop", env: "prod", op: "deploy", outcome: "deployed", exit: 0 },
  ...{ reason: "deployed", text: "live", fence: 4, condition: "verified", at: 1_700_000_000 },
  ...{ running: { tag: "v1.0.0", digest: null, commit: "a".repeat(40) }, previous: null, phases: { apply: 12 } },
  log: { path: "/var/log/x.log", tail: "the end" },
};
const written = (change: object) => JSON.stringify({ ...line, ...change });

describe("the line of deployctl", () => {
  it("is read with its id, and null is what is not there", () => {
    expect(readReport(`${written({ more: "of a newer one" })}\n`)).toMatchObject({
      ...{ deployId: line.deploy_id, exit: 0, fence: 4, running: { tag: "v1.0.0", commit: "a".repeat(40) } },
      previous: undefined,
    });
  });

  it.each([
    { what: "nothing", text: "" },
    { what: "words", text: "deployed\n" },
    { what: "two lines", text: `${written({})}\n${written({ exit: 1 })}\n` },
    { what: "a line after words", text: `Warning: x\n${written({})}\n` },
    { what: "a list", text: "[]" },
    { what: "another version", text: written({ v: 2 }) },
    { what: "a code that deployctl does not have", text: written({ exit: 99 }) },
    { what: "a code below zero", text: written({ exit: -1 }) },
    { what: "an outcome that nobody knows", text: written({ outcome: "perfect" }) },
    { what: "a fence that is no number", text: written({ fence: "4" }) },
    { what: "a text without end", text: written({ text: "x".repeat(2_001) }) },
    { what: "one of a clock that nobody can write down", text: written({ at: 8_640_000_000_001 }) },
    { what: "one of a time before all time", text: written({ at: -1 }) },
    { what: "one with a phase that took less than nothing", text: written({ phases: { apply: -1 } }) },
    { what: "one with a phase that never ends", text: written({ phases: { apply: 1e308 } }) },
    { what: "more than SSM hands over", text: written({ log: { path: "", tail: "x".repeat(24_000) } }) },
  ])("is not $what", ({ text }) => {
    expect(readReport(text)).toBeUndefined();
  });
});
