import type { AssignedJob } from "../../../lib/core/forge.ts";
import type { Machine } from "../../../lib/core/run/machine.ts";

/** A machine that has claimed its run, and lives until then. */
export function claimedMachine(deadline: number): Machine {
  return {
    instanceId: "i-1",
    launchId: "l-1",
    runKey: "run-1",
    serves: "any-job",
    forge: "home",
    scope: "home/acme/shop",
    repoId: "7",
    repo: "acme/shop",
    profile: "deploy",
    labels: ["deploy"],
    bootId: "b",
    runnerName: "runner-1",
    tokenHash: "h",
    claimedAt: 0,
    deadline,
    version: 1,
  };
}

/** The job that the forge gave to its runner: of a push to main. */
export const mainJob: AssignedJob = {
  repo: { id: "7", name: "acme/shop" },
  jobId: "11",
  jobName: "deploy",
  runnerName: "runner-1",
  event: "push",
  ref: "refs/heads/main",
  headSha: "a".repeat(40),
  fork: false,
};
