import type { ApiToken } from "../../lib/core/deploy/api-token.ts";
import type { Deploy, DeployFacts, Environment, Step } from "../../lib/core/deploy/deploy.ts";
import { at } from "./samples.ts";

const minute = 60_000;

export const release = {
  tag: "sha-1f0c7e5",
  digest: `sha256:${"d".repeat(64)}`,
  commit: "1f0c7e5b9d3a4f6e8c2b1a0d9e8f7c6b5a493827",
};

const underway = { since: at + 1, notAfter: at + 10 * minute, sends: 2 };

/** One of each state, with every optional property filled. */
const steps: readonly Step[] = [
  {
    target: "web1",
    state: "done",
    at: at + 3,
    outcome: {
      kind: "reported",
      report: {
        outcome: "deployed",
        exit: 0,
        reason: "deployed",
        text: "größer 漢字",
        running: release,
        phases: { pull: 12, health: 1.5 },
        tail: "line\n",
      },
    },
  },
  { target: "web2", state: "done", at: at + 4, outcome: { kind: "never-ran", text: "it was not there" } },
  { target: "web3", state: "done", at: at + 5, outcome: { kind: "unknown", text: "it never said" } },
  { target: "web4", state: "asking", askingSince: at + 6, inspectionId: "command-9", resend: true, ...underway },
  { target: "web5", state: "sent", commandId: "command-1", ...underway },
  { target: "web6", state: "sending", ...underway },
  { target: "web7", state: "idle", since: at + 7 },
];

const facts: DeployFacts = {
  id: `${"0".repeat(31)}1`,
  app: "shop",
  env: "pr-7",
  op: "deploy",
  release,
  force: true,
  fence: 3,
  steps,
  by: "job deploy of acme/shop",
  approvedBy: "alice",
  createdAt: at,
  deadline: at + 60 * minute,
  reason: { code: "began", text: "its turn has come" },
  nextAction: "follow the command",
  dueAt: at + minute,
  history: [{ version: 1, at, text: "asked by job deploy of acme/shop" }],
  version: 0,
};

export function runningDeploy(change: Partial<DeployFacts> = {}): Deploy {
  return { ...facts, status: "running", ...change };
}

export function endedDeploy(change: Partial<DeployFacts> = {}): Deploy {
  const { dueAt: _due, nextAction: _next, ...rest } = facts;
  return { ...rest, status: "rolled-back", endedAt: at + 9, ...change };
}

export function knownEnvironment(change: Partial<Environment> = {}): Environment {
  return {
    app: "shop",
    env: "pr-7",
    fence: 3,
    desired: { deployId: facts.id, op: "rollback", release, fence: 3, by: "alice", at },
    observed: {
      web1: { release, condition: "verified", fence: 2, from: "result", at: at - 1 },
      web2: { release: { commit: release.commit }, condition: "drifted", fence: 1, from: "inspection", at: at - 2 },
    },
    operation: facts.id,
    inspections: { web1: { commandId: "command-3", since: at }, web2: { since: at } },
    version: 0,
    ...change,
  };
}

export function apiToken(change: Partial<ApiToken> = {}): ApiToken {
  return {
    name: "laptop",
    hash: "a".repeat(64),
    app: "shop",
    env: "pr-*",
    createdAt: at,
    expiresAt: at + minute,
    ...change,
  };
}
