import { describe, expect, it } from "@jest/globals";
import { verdictOf } from "../../../lib/core/deploy/deploy-change.ts";
import type { Release } from "../../../lib/core/deploy/deploy-request.ts";

const commit = "a".repeat(40);
const digest = `sha256:${"d".repeat(64)}`;
const wanted: Release = { tag: "v1.0.0", commit, digest };

/** Exit code, outcome and reason of deployctl (target-host/README.md), and what they make of the whole deploy. */
const table = [
  { exit: 0, outcome: "deployed", reason: "deployed", then: "deployed" },
  { exit: 0, outcome: "noop", reason: "noop", then: "deployed" },
  { exit: 1, outcome: "rolled_back", reason: "unhealthy", then: "rolled-back" },
  { exit: 1, outcome: "failed", reason: "pre-deploy-hook", then: "failed" },
  { exit: 2, outcome: "refused", reason: "wrong-revision", then: "refused" },
  { exit: 4, outcome: "failed", reason: "unhealthy", then: "failed" },
  { exit: 5, outcome: "failed", reason: "registry-denied", then: "failed" },
  { exit: 6, outcome: "failed", reason: "disk-full", then: "failed" },
  { exit: 7, outcome: "failed", reason: "unhealthy", then: "failed" },
  { exit: 8, outcome: "refused", reason: "fence", then: "superseded" },
  { exit: 8, outcome: "refused", reason: "expired", then: "expired" },
  { exit: 8, outcome: "refused", reason: "environment-forbidden", then: "refused" },
  { exit: 9, outcome: "refused", reason: "parameter-missing", then: "refused" },
] as const;

describe("what an end on a target means for the deploy", () => {
  it.each(table)("$exit $outcome, $reason: $then", ({ exit, outcome, reason, then }) => {
    const report = { exit, outcome, reason, text: "so it is", running: wanted };
    expect(verdictOf({ kind: "reported", report }, "web1", wanted)).toEqual({
      status: then,
      reason: { code: reason, text: "web1: so it is" },
    });
  });

  it.each([
    { what: "commit", running: { ...wanted, commit: "b".repeat(40) } },
    { what: "commit", running: { tag: "v1.0.0", digest } },
    { what: "digest", running: { ...wanted, digest: `sha256:${"e".repeat(64)}` } },
    { what: "digest", running: { tag: "v1.0.0", commit } },
  ])("3-17 an exit code 0 with another $what is a failure", ({ what, running }) => {
    const report = { exit: 0, outcome: "deployed", reason: "deployed", text: "", running } as const;
    expect(verdictOf({ kind: "reported", report }, "web1", wanted)).toMatchObject({
      status: "failed",
      reason: { code: `another-${what}` },
    });
  });

  it("nothing that began has expired, and a target that did not tell leaves it unknown", () => {
    expect(verdictOf({ kind: "never-ran", text: "offline" }, "web1", wanted)).toMatchObject({ status: "expired" });
    expect(verdictOf({ kind: "unknown", text: "silence" }, "web1", wanted)).toMatchObject({ status: "unknown" });
  });
});
