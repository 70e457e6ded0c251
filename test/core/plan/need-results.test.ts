import { describe, expect, it } from "@jest/globals";
import { needResults } from "../../../lib/core/plan/need-results.ts";
import type { Run } from "../../../lib/core/run/run.ts";

function ended(key: string, facts: object): Run {
  return { key, status: "completed", conclusion: "success", ...facts } as Run;
}

const needs = [
  { key: "k1", job: "build" },
  { key: "k2", job: "build" },
  { key: "k3", job: "lint" },
];

describe("the results of the jobs that a job needs", () => {
  it("come one per job, with the outputs of all its combinations", () => {
    const runs = [
      ended("k1", { outputs: { a: "1", b: "1" } }),
      ended("k2", { outputs: { b: "2" } }),
      ended("k3", { conclusion: "skipped" }),
    ];

    expect(needResults({ needs }, runs)).toEqual({
      build: { result: "success", outputs: { a: "1", b: "2" } },
      lint: { result: "skipped", outputs: {} },
    });
  });

  it.each([
    { given: [{}, { conclusion: "failure" }], then: "failure", because: "one combination failed" },
    { given: [{ conclusion: "failure" }, {}], then: "failure", because: "whichever it was" },
    { given: [{ conclusion: "skipped" }, { status: "cancelled" }], then: "cancelled", because: "worse than skipped" },
    { given: [{}, { status: "lost" }], then: "failure", because: "its machine was lost" },
    { given: [{}, { status: "timeout" }], then: "failure", because: "it took too long" },
    { given: [{}], then: "failure", because: "nobody knows the other one" },
  ])("$then: $because", ({ given, then }) => {
    const runs = given.map((facts, index) => ended(`k${index + 1}`, facts));

    expect(needResults({ needs: needs.slice(0, 2) }, runs).build?.result).toBe(then);
  });
});
