import type { EventDecision, JobDecision } from "./decision.ts";

/** A job that the forge told us of. */
export interface ToldJob {
  readonly name: string;
  readonly labels: readonly string[];
}

/** Our own exactness, measured in production: what we had said of a commit beside what the forge made of it. */
export interface Comparison {
  readonly kind: "agreed" | "differed";
  readonly text: string;
}

export interface Planned {
  readonly event: string;
  readonly decision: EventDecision;
}

const DIFFERENCES_TOLD = 3;

/**
 * Compares all plans of one commit with all jobs that the forge told of for it, each in its first try: a job event names neither
 * the event nor the workflow that it comes from.
 *
 * Gitea tells of every job at once; GitHub of one that waits for others only when its turn has come, and that may be never. Where a
 * part was undecided, or may run on another commit (pull_request_target), jobs beyond the plan are no difference.
 */
export function comparePlan(
  plans: readonly Planned[],
  told: readonly ToldJob[],
  forge: "gitea" | "github",
): Comparison {
  const planned = plans.flatMap(({ event, decision }) =>
    decision.workflows.flatMap(({ jobs }) => jobs.map((job) => ({ event, job }))),
  );
  const must = planned.filter((one) => mustCome(one, forge)).map(({ job }) => job);
  const may = planned.map(({ job }) => job);
  const differences = [
    ...missing(must, told),
    ...(plans.some(isOpen) ? [] : unplanned(may, told)),
    ...otherLabels(may, told),
  ];
  if (differences.length > 0) {
    const rest = differences.length - DIFFERENCES_TOLD;
    const more = rest > 0 ? [`and ${rest} more`] : [];
    return { kind: "differed", text: [...differences.slice(0, DIFFERENCES_TOLD), ...more].join("; ") };
  }
  const jobs = told.length === 1 ? "1 job" : `${told.length} jobs`;
  return {
    kind: "agreed",
    text: told.length === 0 ? "the forge made no job, as planned" : `the forge made ${jobs}, as planned`,
  };
}

function mustCome({ event, job }: { event: string; job: JobDecision }, forge: "gitea" | "github"): boolean {
  if (event === "pull_request_target") return false;
  return job.decision === "launch" || (job.decision === "wait" && forge === "gitea");
}

function isOpen({ event, decision }: Planned): boolean {
  const runs = decision.workflows.some((workflow) => workflow.decision === "run");
  if (event === "pull_request_target" && runs) return true;
  return decision.workflows.some(
    (workflow) => workflow.decision === "undecided" || workflow.jobs.some((job) => job.decision === "undecided"),
  );
}

function missing(must: readonly JobDecision[], told: readonly ToldJob[]): string[] {
  const counts = countsOf(told);
  return [...countsOf(must)]
    .filter(([name, count]) => count > (counts.get(name) ?? 0))
    .map(([name]) => `the forge told of no job ${JSON.stringify(name)}`);
}

function unplanned(may: readonly JobDecision[], told: readonly ToldJob[]): string[] {
  const counts = countsOf(may);
  return [...countsOf(told)]
    .filter(([name, count]) => count > (counts.get(name) ?? 0))
    .map(([name]) => `no push or pull request plans the job ${JSON.stringify(name)}`);
}

/** Only where a job of that name was planned at all. */
function otherLabels(may: readonly JobDecision[], told: readonly ToldJob[]): string[] {
  return told.flatMap(({ name, labels }) => {
    const named = may.filter((job) => job.name === name && job.decision !== "undecided");
    if (named.length === 0 || named.some((job) => labelKey(job.labels) === labelKey(labels))) return [];
    return [`the job ${JSON.stringify(name)} asks for ${labels.join(", ") || "no label"}, not as planned`];
  });
}

/** GitHub folds their case, Gitea does not; a difference of case alone is none that we look for. */
function labelKey(labels: readonly string[]): string {
  return [...new Set(labels.map((label) => label.toLowerCase()))].sort().join("\n");
}

function countsOf(jobs: readonly { readonly name: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of jobs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
