import { describe, expect, it } from "@jest/globals";
import { type GrantRule, permitGrant } from "../../../lib/core/deploy/grant.ts";
import type { Asker, MachineJob } from "../../../lib/core/deploy/policy.ts";
import type { AssignedJob } from "../../../lib/core/forge.ts";
import type { Machine } from "../../../lib/core/run/machine.ts";
import { claimedMachine, mainJob } from "./claimed-machine.ts";

const now = 1_000_000_000;
const minute = 60_000;

const push: GrantRule = {
  name: "push-shop",
  to: { ecr: ["shop"], s3: [], cloudfront: [] },
  from: { repo: "acme/shop", repoId: "7", refs: ["main", "refs/tags/v*"], events: ["push"] },
  minutes: 30,
};
const preview: GrantRule = { ...push, name: "preview", from: { ...push.from, events: ["pull_request"] } };

const machine = claimedMachine(now + 35 * minute);
const pull: AssignedJob = { ...mainJob, event: "pull_request", ref: "refs/pull/7/head", pullRequest: "7" };
const on = (has: MachineJob, change: Partial<Machine> = {}): Asker => ({
  kind: "machine",
  machine: { ...machine, ...change },
  job: has,
});

const table: readonly { who: string; asker: Asker; grant?: string; then: string }[] = [
  { who: "the job that the file names", asker: on(mainJob), then: "granted" },
  { who: "a job of a tag that the file names", asker: on({ ...mainJob, ref: "refs/tags/v1" }), then: "granted" },
  { who: "nobody", asker: { kind: "nobody" }, then: "401 no-machine" },
  {
    who: "an administrator: he has AWS rights of his own",
    asker: { kind: "administrator", name: "a" },
    then: "401 no-machine",
  },
  { who: "a grant that the file does not have", asker: on(mainJob), grant: "push-shops", then: "422 unknown-grant" },
  { who: "an idle machine", asker: on("none"), then: "403 machine-idle" },
  { who: "a machine that has ended", asker: on(mainJob, { endedAt: 1 }), then: "403 machine-ended" },
  { who: "a machine past its deadline", asker: on(mainJob, { deadline: now }), then: "403 machine-ended" },
  { who: "a machine whose forge does not answer", asker: on("unanswered"), then: "503 forge-silent" },
  { who: "a machine whose forge cannot tell", asker: on("silent"), then: "403 forge-too-old" },
  { who: "another machine's job", asker: on({ ...mainJob, runnerName: "dayfly-i-2-1" }), then: "403 another-runner" },
  { who: "a pull request's job", asker: on(pull), then: "403 pull-request" },
  {
    who: "a pull_request_target job",
    asker: on({ ...mainJob, event: "pull_request_target" }),
    then: "403 pull-request",
  },
  { who: "a pull request's job where the file names that event", asker: on(pull), grant: "preview", then: "granted" },
  { who: "a fork's pull request even there", asker: on({ ...pull, fork: true }), grant: "preview", then: "403 fork" },
  { who: "a fork's main", asker: on({ ...mainJob, repo: { id: "8", name: "eve/shop" } }), then: "403 repository" },
  { who: "a fork's main that comes to ours", asker: on({ ...mainJob, fork: true }), then: "403 fork" },
  {
    who: "a repository that took the name",
    asker: on({ ...mainJob, repo: { id: "9", name: "acme/shop" } }),
    then: "403 repository",
  },
  { who: "another branch", asker: on({ ...mainJob, ref: "refs/heads/dev" }), then: "403 ref" },
  { who: "a tag called main", asker: on({ ...mainJob, ref: "refs/tags/main" }), then: "403 ref" },
  { who: "a schedule", asker: on({ ...mainJob, event: "schedule" }), then: "403 event" },
];

describe("1-19 1-20 who may have a grant", () => {
  it.each(table)("$who: $then", ({ asker, grant = "push-shop", then }) => {
    const permission = permitGrant(asker, grant, [push, preview], now);
    expect(permission.kind === "refused" ? `${permission.status} ${permission.reason.code}` : "granted").toBe(then);
  });

  it.each([
    { because: "as the grant says", minutesLeft: 35, seconds: 30 * 60 },
    { because: "no longer than the machine", minutesLeft: 20, seconds: 20 * 60 },
    { because: "a quarter of an hour at least, as STS wants", minutesLeft: 2, seconds: 15 * 60 },
  ])("a session lives $because", ({ minutesLeft, seconds }) => {
    const asker = on(mainJob, { deadline: now + minutesLeft * minute });
    expect(permitGrant(asker, "push-shop", [push], now)).toMatchObject({ seconds });
  });
});
