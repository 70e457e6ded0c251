import { describe, expect, it } from "@jest/globals";
import { decodeRun, encodeRun } from "../../../lib/core/run/run-codec.ts";
import { bootingRun, endedRun, oneOfEach } from "../../contracts/samples.ts";

describe("encodeRun", () => {
  it.each(oneOfEach().map((run) => [run.key, run] as const))(
    "keeps all of a run that is %s, through JSON",
    (_key, run) => {
      expect(decodeRun(JSON.parse(JSON.stringify(encodeRun(run))))).toEqual(run);
    },
  );

  it("writes plain names, times as people write them, and the reason as text", () => {
    expect(encodeRun(bootingRun())).toMatchObject({
      key: "run-1",
      status: "booting",
      reason: "the push to main matches",
      reasonCode: "planned",
      reasonFile: ".gitea/workflows/build.yml",
      reasonLine: 3,
      createdAt: "2026-01-01T12:00:00.000Z",
      claimedAt: "2026-01-01T12:00:00.003Z",
      history: [{ at: "2026-01-01T12:00:00.000Z", from: "waiting", to: "queued", reason: "lint is done" }],
    });
  });
});

describe("decodeRun", () => {
  it.each<[string, object, string]>([
    ["an unknown status", { status: "dancing" }, "run run-1 cannot be read: status: "],
    ["a time that is none", { createdAt: "yesterday" }, "run run-1 cannot be read: createdAt: "],
    ["an end without a time", { endedAt: undefined }, "run run-1 cannot be read: endedAt: "],
    ["an unknown effect", { effects: [{ kind: "explode" }] }, "run run-1 cannot be read: effects.0.kind: "],
    ["no key", { key: undefined }, "run undefined cannot be read: key: "],
  ])("refuses %s, naming row and place", (_what, change, words) => {
    expect(() => decodeRun({ ...encodeRun(endedRun()), ...change })).toThrow(words);
  });

  it.each([undefined, null, 7, "run", []])("refuses %j", (row) => {
    expect(() => decodeRun(row)).toThrow("cannot be read");
  });

  it("ignores what others add to a row", () => {
    expect(decodeRun({ ...encodeRun(endedRun()), note: "seen by alice" })).toEqual(endedRun());
  });
});
