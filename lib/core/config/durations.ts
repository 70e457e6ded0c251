import type { JobDecision } from "../plan/decision.ts";
import type { Run } from "../run/run.ts";

/** How long a job takes, by what this store has seen; undefined where it has seen nothing like it. */
export type Durations = (path: string, job: JobDecision) => number | undefined;

/** Medians of the runs that were served to their end, in minutes: of the same job, else of the same name anywhere. */
export function seenDurations(runs: readonly Run[]): Durations {
  const byJob = new Map<string, number[]>();
  for (const run of runs) {
    if (run.status !== "completed" || run.startedAt === undefined) continue;
    const minutes = (run.endedAt - run.startedAt) / 60_000;
    if (run.workflow !== undefined && run.job !== undefined) add(byJob, keyOf(run.workflow, run.job), minutes);
    add(byJob, keyOf("", run.jobName), minutes);
  }
  const medians = new Map([...byJob].map(([key, minutes]) => [key, median(minutes)]));
  return (path, job) => medians.get(keyOf(path, job.id)) ?? medians.get(keyOf("", job.name));
}

function keyOf(path: string, job: string): string {
  return JSON.stringify([path, job]);
}

function add(lists: Map<string, number[]>, key: string, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
