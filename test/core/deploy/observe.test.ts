import { describe, expect, it } from "@jest/globals";
import type { Environment, Observed } from "../../../lib/core/deploy/deploy.ts";
import { observe } from "../../../lib/core/deploy/observe.ts";
import type { TargetReport } from "../../../lib/core/deploy/target-report.ts";

const before = { tag: "v1.0.0", commit: "a".repeat(40) };
const after = { tag: "v2.0.0", commit: "b".repeat(40) };
const known: Observed = { release: before, condition: "verified", fence: 3, from: "result", at: 10_000 };

const environment: Environment = {
  ...{ app: "shop", env: "prod", fence: 4, version: 1, inspections: {} },
  observed: { web1: known },
};

function report(change: Partial<TargetReport>): TargetReport {
  return {
    ...{ op: "deploy", app: "shop", env: "prod", outcome: "deployed", exit: 0, reason: "deployed", text: "" },
    ...{ fence: 4, condition: "verified", at: 20, running: after, phases: {}, log: { path: "", tail: "" } },
    ...change,
  } as TargetReport;
}

const seen = (condition: "verified" | "broken" | "stopped" | "drifted", running = after) =>
  report({ op: "status", outcome: "status", running: before, seen: { condition, running } });

describe("what a target's word changes in what we know of it", () => {
  it.each([
    { word: "of another app", said: report({ app: "till" }) },
    { word: "of another environment", said: report({ env: "dev" }) },
    { word: "of nowhere", said: report({ app: undefined, env: undefined }) },
    { word: "under a lower fence", said: report({ fence: 2, at: 30 }) },
    { word: "of an earlier moment under the same fence", said: report({ fence: 3, at: 9 }) },
    { word: "of a deploy that met a lock", said: report({ exit: 3, outcome: "refused" }) },
    { word: "of a target that has recorded nothing", said: report({ condition: "none" }) },
    { word: "of a question that looked at nothing", said: report({ op: "logs", outcome: "status" }) },
    {
      word: "of a look while a deploy is at work",
      said: { ...seen("broken"), operation: { id: "0".repeat(32), phase: "applying", interrupted: false } },
    },
  ])("a word $word changes nothing", ({ said }) => {
    expect(observe(environment, "web1", said)).toBe(environment);
  });

  const observed = (said: TargetReport) => observe(environment, "web1", said).observed.web1;

  it("a result is what its target recorded, at its own time", () => {
    expect(observed(report({}))).toEqual({
      ...{ release: after, condition: "verified", fence: 4, from: "result", at: 20_000 },
    });
  });

  it("a result that was rolled back is the release before, whatever was wished", () => {
    expect(observed(report({ exit: 1, outcome: "rolled_back", running: before }))?.release).toEqual(before);
  });

  it("what is stopped runs nothing, though the release before is on record", () => {
    const stopped = observed(report({ exit: 7, outcome: "failed", condition: "stopped", running: before }));
    expect(stopped).toEqual({ condition: "stopped", fence: 4, from: "result", at: 20_000 });
  });

  it("3-03 a look shows what runs where that is not what was deployed, and the record where it is", () => {
    expect(observed(seen("drifted"))).toMatchObject({ release: after, condition: "drifted", from: "inspection" });
    expect(observed(seen("verified"))).toMatchObject({ release: before, condition: "verified", from: "inspection" });
    expect(observed(seen("broken"))).toMatchObject({ release: before, condition: "broken" });
  });

  const lost = (condition: "none" | "drifted", at = 20) => ({
    ...report({ op: "status", outcome: "status", fence: 0, condition: "none", at, running: undefined }),
    seen: { condition, ...(condition === "drifted" ? { running: { commit: after.commit } } : {}) },
  });

  it("3-03 a target whose record is lost runs nobody's deploy, or nothing: it is not what it was", () => {
    const kept = { fence: 3, from: "inspection", at: 20_000 };
    expect(observed(lost("drifted"))).toEqual({ ...kept, condition: "drifted", release: { commit: after.commit } });
    expect(observed(lost("none"))).toEqual({ ...kept, condition: "stopped" });
  });

  it("a look from before the first deploy, answered late, is no lost record; nor is one during a deploy", () => {
    expect(observe(environment, "web1", lost("none", 10))).toBe(environment);
    const operation = { id: "0".repeat(32), phase: "accepted", interrupted: false };
    expect(observe(environment, "web1", { ...lost("none"), operation })).toBe(environment);
  });

  it("every target has its own word", () => {
    expect(Object.keys(observe(environment, "web2", report({})).observed)).toEqual(["web1", "web2"]);
  });
});
