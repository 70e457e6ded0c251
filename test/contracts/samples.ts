import type { Envelope } from "../../lib/core/event.ts";
import type { Delivery, Message, RecordedDecision } from "../../lib/core/ports.ts";
import type { Launch } from "../../lib/core/run/launch.ts";
import type { Machine } from "../../lib/core/run/machine.ts";
import type { EndedStatus, Run, RunFacts, RunOf } from "../../lib/core/run/run.ts";

/** Records with every optional property filled, so that a store which forgets one is found out. */
export const at = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;

const facts: RunFacts = {
  key: "run-1",
  forge: "home",
  scope: "home/42",
  repoId: "42",
  repo: "acme/shop",
  event: "push",
  ref: "refs/heads/main",
  sha: "1f0c7e5b9d3a4f6e8c2b1a0d9e8f7c6b5a493827",
  workflow: ".gitea/workflows/build.yml",
  job: "test",
  jobName: 'test (20, "größer" 漢字)',
  matrixIndex: 0,
  labels: ["ubuntu-latest", "linux"],
  needs: [{ key: "run-0", job: "lint" }],
  conditional: true,
  profile: "small",
  pushId: "push-1",
  forgeJobId: "90071992547409931",
  forgeRunId: "7",
  forgeTry: 2,
  rerunOf: "run-00",
  timeoutMinutes: 12.5,
  avoidSpot: true,
  attempt: 1,
  createdAt: at,
  reason: { code: "planned", text: "the push to main matches", file: ".gitea/workflows/build.yml", line: 3, column: 5 },
  nextAction: "a machine is launched",
  dueAt: at + minute,
  effects: [],
  history: [{ at, from: "waiting", to: "queued", reason: "lint is done" }],
  version: 1,
};

export function queuedRun(change: Partial<RunFacts> = {}): RunOf<"queued"> {
  return { ...facts, status: "queued", ...change };
}

const seat = {
  launchId: "launch-1",
  launchingAt: at + 1,
  deadline: at + 40 * minute,
  launchedAt: at + 2,
  instanceId: "i-0abc1234def567890",
  runnerName: "dayfly-run-1-1",
  claimedAt: at + 3,
};

export function bootingRun(change: Partial<RunFacts> = {}): RunOf<"booting"> {
  return { ...facts, ...seat, status: "booting", ...change };
}

export function endedRun(change: Partial<RunOf<EndedStatus>> = {}): RunOf<EndedStatus> {
  const { dueAt: _dueAt, nextAction: _nextAction, ...rest } = facts;
  return {
    ...rest,
    ...seat,
    status: "completed",
    startedAt: at + 4,
    endedAt: at + 5 * minute,
    conclusion: "failure",
    outputs: { version: "1.2.3", empty: "" },
    expiresAt: at + 30 * 24 * 60 * minute,
    ...change,
  };
}

/** One of each status, and one with every kind of effect. */
export function oneOfEach(): readonly Run[] {
  const { launchedAt: _1, instanceId: _2, runnerName: _3, claimedAt: _4, ...launching } = seat;
  const effects: Run["effects"] = [
    { kind: "wake", afterSeconds: 1.5 },
    { kind: "terminate", instanceId: "i-1", reason: "nobody needs it" },
    { kind: "reseat", instanceId: "i-2", seat },
    { kind: "reseat", instanceId: "i-3" },
    { kind: "release" },
    { kind: "report" },
  ];
  return [
    { ...facts, key: "waiting", status: "waiting" },
    queuedRun({ key: "queued", effects }),
    { ...facts, ...launching, key: "launching", status: "launching" },
    bootingRun({ key: "booting" }),
    { ...facts, ...launching, launchedAt: at, key: "unclaimed", status: "booting" },
    { ...facts, ...seat, key: "running", status: "running", startedAt: at + 4 },
    endedRun({ key: "completed" }),
    ...(["failed", "timeout", "lost", "cancelled", "skipped"] as const).map((status) =>
      endedRun({ key: status, status }),
    ),
  ];
}

export function claimedMachine(change: Partial<Machine> = {}): Machine {
  return {
    instanceId: seat.instanceId,
    launchId: "launch-1",
    runKey: "run-1",
    serves: "any-job",
    servesKey: "run-2",
    forge: "home",
    scope: "home/42",
    repoId: "42",
    repo: "acme/shop",
    profile: "small",
    labels: ["ubuntu-latest"],
    bootId: "boot-1",
    runnerName: seat.runnerName,
    runnerId: "77",
    tokenHash: "a".repeat(64),
    claimedAt: at + 3,
    deadline: seat.deadline,
    seenAt: at + 4,
    missingSince: at + 5,
    version: 1,
    ...change,
  };
}

export function reservedLaunch(change: Partial<Launch> = {}): Launch {
  return {
    id: "launch-1",
    token: "token-of-launch-1",
    profile: "small",
    scope: "home/42",
    forge: "home",
    count: 2,
    runKeys: ["run-1", "run-2"],
    plan: {
      kind: "ec2",
      imageId: "ami-0abc",
      templateId: "lt-0abc",
      templateVersion: "7",
      types: ["c7g.large", "m7g.large"],
      subnets: ["subnet-a", "subnet-b"],
      market: "spot",
    },
    createdAt: at,
    launchBy: at + 5 * minute,
    deadline: seat.deadline,
    outcome: { kind: "reserved" },
    version: 1,
    ...change,
  };
}

export function receivedDelivery(change: Partial<Delivery> = {}): Delivery {
  const repo = { id: "42", name: "acme/shop" };
  return { forge: "home", id: "delivery-1", event: "push", repo, at, outcome: "received", reason: "signed", ...change };
}

export function pushDecision(change: Partial<RecordedDecision> = {}): RecordedDecision {
  const reason = { code: "branch-matches", text: "main matches main", file: "b.yml", line: 2, column: 1 };
  return {
    pushId: "push-1",
    forge: "home",
    repo: { id: "42", name: "acme/shop" },
    event: "push",
    ref: "refs/heads/main",
    sha: facts.sha,
    sender: "alice",
    at,
    decision: {
      workflows: [
        { path: "docs.yml", decision: "skip", reason: { code: "paths-ignored", text: "only docs changed" }, jobs: [] },
        {
          path: "b.yml",
          decision: "run",
          reason,
          jobs: [
            {
              id: "test",
              name: "test (20)",
              labels: ["ubuntu-latest"],
              matrix: { node: 20, experimental: false, os: { name: "linux", tags: ["a", null] } },
              matrixIndex: 0,
              needs: ["lint"],
              decision: "wait",
              reason,
              timeoutMinutes: 10,
              conditional: true,
            },
          ],
        },
      ],
    },
    ...change,
  };
}

export function eventMessage(change: Partial<Envelope> = {}): Message {
  const envelope: Envelope = {
    v: 1,
    forge: "home",
    deliveryId: "delivery-1",
    pushId: "push-1",
    event: "pull_request",
    action: "synchronize",
    repo: { id: "42", name: "acme/shop" },
    ref: "refs/pull/7/head",
    before: "0".repeat(40),
    after: facts.sha,
    pr: {
      number: "7",
      title: 'a "title" \n 漢字 $(x)',
      headSha: facts.sha,
      baseRef: "main",
      mergeBase: facts.sha,
      fork: true,
    },
    job: {
      id: "9",
      runId: "7",
      try: 2,
      name: "test",
      labels: ["linux"],
      status: "completed",
      conclusion: "success",
      runnerName: "r",
      headSha: facts.sha,
    },
    sender: "alice",
    at,
    ...change,
  };
  return { v: 1, kind: "event", envelope };
}

export function wakeMessage(runKey: string): Message {
  return { v: 1, kind: "wake", runKey };
}
