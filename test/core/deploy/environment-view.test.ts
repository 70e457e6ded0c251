import { describe, expect, it } from "@jest/globals";
import type { Deploy, Environment, Observed } from "../../../lib/core/deploy/deploy.ts";
import { environmentView } from "../../../lib/core/deploy/environment-view.ts";
import { endedDeploy, knownEnvironment, release } from "../../contracts/deploy-samples.ts";

const seen: Observed = { release, condition: "verified", fence: 3, from: "result", at: 0 };
const wished = knownEnvironment().desired;
const { release: _none, ...rollback } = wished ?? { deployId: "", op: "rollback", fence: 0, by: "", at: 0 };
const ended = (status: "deployed" | "failed"): Deploy => ({ ...endedDeploy(), status, endedAt: 1 });

interface Row {
  readonly given: string;
  readonly desired: Environment["desired"];
  readonly observed?: Observed;
  readonly wish?: Deploy;
  readonly then: "same" | "differs" | "unknown";
}
const rows: readonly Row[] = [
  { given: "the desired commit, verified", desired: wished, observed: seen, then: "same" },
  { given: "nobody has seen it", desired: wished, then: "unknown" },
  { given: "nothing is desired", desired: undefined, observed: seen, then: "unknown" },
  {
    given: "another commit",
    desired: wished,
    observed: { ...seen, release: { ...release, commit: "a".repeat(40) } },
    then: "differs",
  },
  {
    given: "another digest",
    desired: wished,
    observed: { ...seen, release: { ...release, digest: "sha256:0" } },
    then: "differs",
  },
  { given: "the commit, but broken", desired: wished, observed: { ...seen, condition: "broken" }, then: "differs" },
  {
    given: "nothing runs",
    desired: wished,
    observed: { condition: "stopped", fence: 3, from: "result", at: 0 },
    then: "differs",
  },
  {
    given: "a rollback to the release before, which succeeded",
    desired: rollback,
    observed: seen,
    wish: ended("deployed"),
    then: "same",
  },
  {
    given: "a rollback to the release before, which failed",
    desired: rollback,
    observed: seen,
    wish: ended("failed"),
    then: "differs",
  },
];

describe("does a target run what is desired?", () => {
  it.each(rows)("$given: $then", ({ desired, observed, wish, then }) => {
    const stored = knownEnvironment({ desired, observed: observed ? { web1: observed } : {} });
    expect(environmentView(stored, ["web1"], undefined, wish ? [wish] : []).targets[0]?.state).toBe(then);
  });
});
