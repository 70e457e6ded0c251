import type { RecordedDecision } from "../../lib/core/ports.ts";
import type { Run, RunFacts } from "../../lib/core/run/run.ts";

export const noon = Date.parse("2026-06-01T12:00:00Z");

const facts: RunFacts = {
  key: "0000000000000000",
  forge: "demo",
  scope: "demo",
  repoId: "1",
  repo: "you/demo",
  event: "push",
  ref: "refs/heads/main",
  sha: "5f2c1d0e9b8a7f6e5d4c3b2a1908f7e6d5c4b3a2",
  workflow: ".github/workflows/build.yml",
  job: "build",
  jobName: "build",
  labels: ["ubuntu-latest"],
  needs: [],
  profile: "local",
  pushId: "12",
  attempt: 1,
  createdAt: noon,
  reason: { code: "planned", text: "the push to main matches branches: [main]" },
  effects: [],
  history: [],
  version: 1,
};

const seat = {
  launchId: "launch-1",
  launchingAt: noon + 40,
  deadline: noon + 1_800_000,
  launchedAt: noon + 90,
  instanceId: "local-4f2a",
  runnerName: "dayfly-4f2a",
  claimedAt: noon + 400,
};

const ended = { endedAt: noon + 3200, expiresAt: noon + 30 * 86_400_000 };

const lifeOfARun: Run["history"] = [
  { at: noon, from: "queued", to: "queued", reason: "the push to main matches branches: [main]" },
  { at: noon + 40, from: "queued", to: "launching", reason: "launch 1 of at most 5 is written down" },
  { at: noon + 90, from: "launching", to: "booting", reason: "a machine exists and boots" },
  { at: noon + 400, from: "booting", to: "running", reason: "the job runs on local-4f2a (dayfly-4f2a)" },
  { at: noon + 3200, from: "running", to: "completed", reason: "the job ended: success" },
];

/** A queued run, with whatever a test wants to be otherwise. */
export function queuedRun(over: Partial<RunFacts> = {}): Run {
  return { ...facts, status: "queued", nextAction: "ask for a machine", dueAt: noon, ...over };
}

export function runningRun(over: Partial<RunFacts> = {}): Run {
  const history = lifeOfARun.slice(0, 4);
  return { ...facts, ...seat, status: "running", startedAt: noon + 400, history, dueAt: seat.deadline, ...over };
}

export function finishedRun(over: Partial<RunFacts> = {}, conclusion: "success" | "failure" = "success"): Run {
  const reason = { code: "machine-job-done", text: `the job ended: ${conclusion}` };
  const life = { ...seat, ...ended, startedAt: noon + 400, history: lifeOfARun, reason };
  return { ...facts, ...life, status: "completed", conclusion, outputs: { version: "1.4.2" }, ...over };
}

export function endedRun(
  status: "failed" | "timeout" | "lost" | "cancelled" | "skipped",
  over: Partial<RunFacts> = {},
): Run {
  return { ...facts, ...ended, status, ...over };
}

export function decided(over: Partial<RecordedDecision> = {}): RecordedDecision {
  return {
    pushId: "12",
    forge: "demo",
    repo: { id: "1", name: "you/demo" },
    event: "push",
    ref: "refs/heads/main",
    sha: facts.sha,
    sender: "you",
    at: noon,
    decision: {
      workflows: [
        {
          path: ".github/workflows/build.yml",
          decision: "run",
          reason: {
            code: "matched",
            text: "main matches branches: [main]",
            file: ".github/workflows/build.yml",
            line: 4,
            column: 5,
          },
          jobs: [
            {
              id: "build",
              name: "build",
              labels: ["ubuntu-latest"],
              needs: [],
              decision: "launch",
              reason: { code: "ready", text: "it needs nothing else" },
            },
          ],
        },
        {
          path: ".github/workflows/docs.yml",
          decision: "skip",
          reason: {
            code: "paths-unmatched",
            text: "no changed file matches paths: [docs/**]",
            file: ".github/workflows/docs.yml",
            line: 5,
            column: 5,
          },
          jobs: [],
        },
      ],
    },
    ...over,
  };
}
