import { describe, expect, it } from "@jest/globals";
import { decideDeploy } from "../../../lib/core/deploy/decide-deploy.ts";
import type { Deploy, Step, StepState } from "../../../lib/core/deploy/deploy.ts";
import { commandOf } from "../../../lib/core/deploy/deploy-action.ts";
import type { DeployEvent } from "../../../lib/core/deploy/deploy-event.ts";
import type { TargetReport } from "../../../lib/core/deploy/target-report.ts";

const id = "1".repeat(32);
const minute = 60_000;
const start = 1_000 * minute;
const release = { tag: "v1.0.0", commit: "a".repeat(40) };

/** First sent at `start`: it may begin until ten minutes later. */
const underway = { since: start, notAfter: start + 10 * minute, sends: 1 };
const sending: StepState = { state: "sending", ...underway };
const sent: StepState = { state: "sent", commandId: "c-1", ...underway };
const asking: StepState = { state: "asking", askingSince: start + minute, ...underway };
const twice = <S extends object>(state: S): S => ({ ...state, sends: 2 });

function running(step: StepState, change: Partial<Deploy> = {}): Deploy {
  return {
    ...{ id, app: "shop", env: "prod", op: "deploy", release, force: false, fence: 4 },
    steps: [{ target: "web1", ...step }],
    ...{ by: "alice", createdAt: start, deadline: start + 60 * minute, reason: { code: "began", text: "its turn" } },
    ...{ history: [], version: 3, status: "running" },
    ...change,
  } as Deploy;
}

function line(change: Partial<TargetReport> = {}): TargetReport {
  return {
    ...{ deployId: id, op: "deploy", app: "shop", env: "prod", outcome: "deployed", exit: 0, reason: "deployed" },
    ...{ text: "live", fence: 4, condition: "verified", at: 1, running: release, phases: {} },
    log: { path: "", tail: "" },
    ...change,
  } as TargetReport;
}
const status = (change: Partial<TargetReport> = {}) => line({ op: "status", outcome: "status", ...change });
const ended = (exit: number) => ({
  ...{ id, op: "deploy", outcome: "rolled_back" as const, exit, reason: "unhealthy", text: "undone", fence: 4 },
  condition: "verified" as const,
});
/** By the target's clock, whenever its answer comes. */
const lookedAt = (when: number) => status({ at: when / 1000 });
const atWork = (interrupted: boolean) => ({ id, phase: "applying", interrupted });

const stepOf = (deploy: Deploy): Step | undefined => deploy.steps[0];
const decide = (state: StepState, event: DeployEvent) => decideDeploy(running(state), event);

interface Row {
  readonly what: string;
  readonly state: StepState;
  readonly event: DeployEvent;
  /** Status of the deploy, or state of its step while it runs. */
  readonly then: string;
}

const at = start + 2 * minute;
const late = start + 10 * minute;
const reported = (report: TargetReport, when = at): DeployEvent => ({ kind: "reported", at: when, report });
const inspected = (report: TargetReport, when = at): DeployEvent => ({ kind: "inspected", at: when, report });
const locked = line({ outcome: "refused", exit: 3, reason: "locked" });

const table: readonly Row[] = [
  { what: "the send is heard", state: sending, event: { kind: "sent", at, commandId: "c" }, then: "sent" },
  {
    what: "it was not sent, and may be later",
    state: sending,
    event: { kind: "not-sent", at, text: "", forGood: false },
    then: "idle",
  },
  {
    what: "it was not sent in its ten minutes",
    state: sending,
    event: { kind: "not-sent", at: late, text: "", forGood: false },
    then: "expired",
  },
  {
    what: "it can never be sent",
    state: sending,
    event: { kind: "not-sent", at, text: "", forGood: true },
    then: "expired",
  },
  {
    what: "a second copy can never be sent: the first may have arrived",
    state: twice(sending),
    event: { kind: "not-sent", at, text: "", forGood: true },
    then: "asking",
  },

  { what: "its own line", state: sent, event: reported(line()), then: "deployed" },
  {
    what: "a line of another deploy",
    state: sent,
    event: reported(line({ deployId: "2".repeat(32) })),
    then: "asking",
  },
  { what: "a line of another app", state: sent, event: reported(line({ app: "till" })), then: "asking" },
  { what: "a line of another environment", state: sent, event: reported(line({ env: "dev" })), then: "asking" },
  { what: "a line of a question about it", state: sent, event: reported(status()), then: "asking" },
  {
    what: "a refusal before its words were read",
    state: sent,
    event: reported(line({ exit: 9, outcome: "refused", deployId: undefined, app: undefined, env: undefined })),
    then: "refused",
  },
  {
    what: "a refusal of another deploy's words",
    state: sent,
    event: reported(line({ exit: 2, outcome: "refused", deployId: "2".repeat(32) })),
    then: "asking",
  },
  {
    what: "this very id is at work there",
    state: sent,
    event: reported(line({ outcome: "in_progress", exit: 3 })),
    then: "asking",
  },
  { what: "another deploy has the lock", state: sent, event: reported(locked), then: "idle" },
  { what: "the lock was taken for ten minutes", state: sent, event: reported(locked, late), then: "expired" },
  { what: "a copy met a lock: the first may be at work", state: twice(sent), event: reported(locked), then: "asking" },
  { what: "it was not delivered", state: sent, event: { kind: "undelivered", at, text: "" }, then: "expired" },
  {
    what: "a copy was not delivered: the first may have been",
    state: twice(sent),
    event: { kind: "undelivered", at, text: "" },
    then: "asking",
  },
  { what: "it may have run", state: sent, event: { kind: "unheard", at, text: "" }, then: "asking" },
  { what: "no news yet", state: sent, event: { kind: "no-news", at }, then: "sent" },
  {
    what: "no news although its time is over",
    state: sent,
    event: { kind: "no-news", at: underway.notAfter + 10 * minute },
    then: "asking",
  },

  {
    what: "the target knows how it ended",
    state: asking,
    event: inspected(status({ deploy: ended(1) })),
    then: "rolled-back",
  },
  {
    what: "the target knows how another one ended",
    state: asking,
    event: inspected(status({ deploy: { ...ended(0), id: "2".repeat(32) } })),
    then: "asking",
  },
  {
    what: "another place answers",
    state: asking,
    event: inspected(status({ env: "dev", deploy: ended(1) })),
    then: "asking",
  },
  {
    what: "the target is at work on it",
    state: asking,
    event: inspected(status({ operation: atWork(false) })),
    then: "asking",
  },
  {
    what: "nothing is known, a minute of clocks before it could be too late",
    state: { ...asking, sends: 5 },
    event: inspected(lookedAt(underway.notAfter + minute - 1_000), underway.notAfter + 5 * minute),
    then: "asking",
  },
  {
    what: "nothing is known, and it cannot begin any more",
    state: asking,
    event: inspected(lookedAt(underway.notAfter + minute), underway.notAfter + 5 * minute),
    then: "expired",
  },
  {
    what: "cut short five times",
    state: { ...asking, sends: 5 },
    event: inspected(status({ operation: atWork(true) })),
    then: "unknown",
  },
  { what: "no answer", state: asking, event: { kind: "no-answer", at, text: "" }, then: "asking" },
  {
    what: "no answer for a quarter of an hour, while it could still be at work",
    state: asking,
    event: { kind: "no-answer", at: start + 17 * minute, text: "" },
    then: "asking",
  },
  {
    what: "no answer until it cannot be at work any more",
    state: asking,
    event: { kind: "no-answer", at: start + 20 * minute, text: "" },
    then: "unknown",
  },
  {
    what: "sent in vain five times",
    state: { ...sending, sends: 5 },
    event: { kind: "sending", at },
    then: "asking",
  },
  {
    what: "sent in vain until its time was over",
    state: sending,
    event: { kind: "sending", at: late },
    then: "asking",
  },
  { what: "somebody wants it replaced", state: sent, event: { kind: "superseded", at, text: "" }, then: "sent" },
  { what: "its deadline, under way", state: sent, event: { kind: "time", at: start + 60 * minute }, then: "unknown" },
  {
    what: "its deadline, never sent",
    state: { state: "idle" },
    event: { kind: "time", at: start + 60 * minute },
    then: "expired",
  },
];

describe("the life of a deploy at one target", () => {
  it.each(table)("$what: $then", ({ state, event, then }) => {
    const deploy = decide(state, event);
    expect(deploy.status === "running" ? stepOf(deploy)?.state : deploy.status).toBe(then);
  });

  it("a copy carries the time limit of the first one, the same fence, and what was asked", () => {
    const asked = running({ ...asking, resend: true }, { force: true });
    const copy = commandOf(decideDeploy(asked, { kind: "sending", at }));
    expect(copy).toEqual({
      ...{ kind: "deploy", op: "deploy", app: "shop", env: "prod", release, force: true },
      ...{ deployId: id, fence: 4, notAfter: underway.notAfter },
    });
  });

  it("a target that knows nothing of it, or was cut short, gets the same command again", () => {
    for (const report of [status(), status({ operation: atWork(true) })])
      expect(stepOf(decide(asking, inspected(report)))).toMatchObject({ state: "asking", resend: true });
  });

  it("the next target has its turn only after a verified release on this one", () => {
    const two = (state: StepState) => ({
      ...running(state),
      steps: [{ target: "web1", ...state } as Step, { target: "web2", state: "idle" } as Step],
    });
    const good = decideDeploy(two(sent), reported(line()));
    expect([good.status, ...good.steps.map(({ state }) => state)]).toEqual(["running", "done", "idle"]);
    const bad = decideDeploy(two(sent), reported(line({ exit: 1, outcome: "rolled_back" })));
    expect([bad.status, ...bad.steps.map(({ state }) => state)]).toEqual(["rolled-back", "done", "idle"]);
  });

  it("has as much time as its targets need, from the moment in which its turn comes", () => {
    const pending = { ...running({ state: "idle" }), status: "pending", deadline: at + 1 } as Deploy;
    expect(decideDeploy(pending, { kind: "began", at })).toMatchObject({
      status: "running",
      deadline: at + 36 * minute,
    });
    const wanted = { ...pending, status: "waiting" } as Deploy;
    expect(decideDeploy(wanted, { kind: "desired", at, fence: 5 })).toMatchObject({
      ...{ status: "pending", fence: 5, deadline: at + 72 * minute },
    });
  });

  it("keeps its newest sixty entries, and nothing changes what has ended", () => {
    const history = Array.from({ length: 60 }, (_, n) => ({ version: n, at: n, text: `entry ${n}` }));
    const over = decideDeploy(running(sent, { history }), reported(line()));
    expect(over.history).toHaveLength(60);
    expect(over.history.at(-1)?.text).toBe("web1: live");
    expect(decideDeploy(over, { kind: "unheard", at, text: "" })).toBe(over);
  });
});
