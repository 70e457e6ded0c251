import type { Instant } from "../event.ts";
import type { EventDecision, JobDecision, WorkflowDecision } from "../plan/decision.ts";

/** A push of the past, and what the engine says about it today. */
export interface PastPush {
  readonly sha: string;
  readonly at: Instant;
  readonly decision: EventDecision;
}

/** Who would have served a job, and for how long. */
export interface Estimator {
  /** Name of the machine kind; where none fits, of the labels. */
  readonly profileOf: (job: JobDecision) => { readonly name: string; readonly fits: boolean };
  /** undefined: nobody has seen it run, and no guess was given. */
  readonly minutesOf: (path: string, job: JobDecision) => number | undefined;
  /** USD of a machine hour. */
  readonly priceOf: (profile: string) => number | undefined;
}

export interface ReplayReport {
  readonly pushes: number;
  /** Pushes that started nothing. */
  readonly idle: number;
  readonly workflows: readonly WorkflowCount[];
  readonly profiles: readonly ProfileCount[];
  /** Equal stretches of time, oldest first, empty ones too. */
  readonly stretches: readonly Stretch[];
  /** Days of a stretch. */
  readonly stretchDays: number;
}

export interface WorkflowCount {
  readonly path: string;
  readonly runs: number;
  readonly skips: number;
  readonly undecided: number;
  readonly invalid: number;
  readonly jobs: number;
  /** Jobs that only the forge could decide; not among `jobs`. */
  readonly open: number;
  /** Why it was skipped most often. */
  readonly mostSkipped?: { readonly text: string; readonly count: number };
}

export interface ProfileCount {
  readonly name: string;
  /** Is there such a machine kind, or would nobody have served these jobs? */
  readonly fits: boolean;
  readonly jobs: number;
  /** Of those jobs whose duration is known or guessed. */
  readonly minutes: number;
  /** Jobs of which nobody knows how long they take. */
  readonly unmeasured: number;
  readonly usd?: number;
}

export interface Stretch {
  readonly from: Instant;
  readonly pushes: number;
  readonly jobs: number;
  readonly minutes: number;
}

const day = 86_400_000;

/** What history would have run, been skipped and cost. */
export function replay(
  pushes: readonly PastPush[],
  estimator: Estimator,
  since: Instant,
  until: Instant,
): ReplayReport {
  const stretchDays = stretchFor((until - since) / day);
  return {
    pushes: pushes.length,
    idle: pushes.filter(({ decision }) => decision.workflows.every((workflow) => workflow.decision !== "run")).length,
    workflows: countWorkflows(pushes),
    profiles: countProfiles(pushes, estimator),
    stretches: countStretches(pushes, estimator, { since, until, length: stretchDays * day }),
    stretchDays,
  };
}

/** At most some thirty bars. */
function stretchFor(days: number): number {
  if (days <= 31) return 1;
  return days <= 7 * 31 ? 7 : Math.ceil(days / 31);
}

/** A job that waits for others runs as well, where all goes well. */
function runsAtAll({ decision }: JobDecision): boolean {
  return decision === "launch" || decision === "wait";
}

function countWorkflows(pushes: readonly PastPush[]): readonly WorkflowCount[] {
  const byPath = new Map<string, WorkflowDecision[]>();
  for (const { decision } of pushes) {
    for (const workflow of decision.workflows) {
      const known = byPath.get(workflow.path);
      if (known) known.push(workflow);
      else byPath.set(workflow.path, [workflow]);
    }
  }
  return [...byPath].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, decisions]) => countWorkflow(path, decisions));
}

function countWorkflow(path: string, decisions: readonly WorkflowDecision[]): WorkflowCount {
  const count = (decision: WorkflowDecision["decision"]) => decisions.filter((one) => one.decision === decision).length;
  const jobs = decisions.flatMap((workflow) => workflow.jobs);
  const reasons = new Map<string, { text: string; count: number }>();
  for (const { decision, reason } of decisions) {
    if (decision !== "skip") continue;
    const known = reasons.get(reason.code);
    reasons.set(reason.code, { text: known?.text ?? reason.text, count: (known?.count ?? 0) + 1 });
  }
  const [mostSkipped] = [...reasons.values()].sort((a, b) => b.count - a.count);
  return {
    path,
    runs: count("run"),
    skips: count("skip"),
    undecided: count("undecided"),
    invalid: count("invalid"),
    jobs: jobs.filter(runsAtAll).length,
    open: jobs.filter(({ decision }) => decision === "undecided").length,
    ...(mostSkipped && { mostSkipped }),
  };
}

interface Served {
  readonly at: Instant;
  readonly profile: string;
  readonly fits: boolean;
  readonly minutes: number | undefined;
}

function served(pushes: readonly PastPush[], { profileOf, minutesOf }: Estimator): readonly Served[] {
  return pushes.flatMap(({ at, decision }) =>
    decision.workflows.flatMap(({ path, jobs }) =>
      jobs.filter(runsAtAll).map((job) => {
        const { name, fits } = profileOf(job);
        return { at, profile: name, fits, minutes: minutesOf(path, job) };
      }),
    ),
  );
}

function countProfiles(pushes: readonly PastPush[], estimator: Estimator): readonly ProfileCount[] {
  const byName = new Map<string, Served[]>();
  for (const job of served(pushes, estimator)) {
    const known = byName.get(job.profile);
    if (known) known.push(job);
    else byName.set(job.profile, [job]);
  }
  const counts = [...byName].map(([name, jobs]): ProfileCount => {
    const minutes = sum(jobs);
    const fits = jobs.some((job) => job.fits);
    const price = fits ? estimator.priceOf(name) : undefined;
    const isMeasured = jobs.some((job) => job.minutes !== undefined);
    return {
      name,
      fits,
      jobs: jobs.length,
      minutes,
      unmeasured: jobs.filter((job) => job.minutes === undefined).length,
      ...(price !== undefined && isMeasured && { usd: (minutes / 60) * price }),
    };
  });
  return counts.sort((a, b) => b.jobs - a.jobs || (a.name < b.name ? -1 : 1));
}

interface Span {
  readonly since: Instant;
  readonly until: Instant;
  readonly length: number;
}

function countStretches(
  pushes: readonly PastPush[],
  estimator: Estimator,
  { since, until, length }: Span,
): readonly Stretch[] {
  const count = Math.max(1, Math.ceil((until - since) / length));
  const placeOf = (at: Instant) => Math.min(count - 1, Math.max(0, Math.floor((at - since) / length)));
  const pushCounts = new Array<number>(count).fill(0);
  for (const { at } of pushes) pushCounts[placeOf(at)] = (pushCounts[placeOf(at)] ?? 0) + 1;
  const jobs: Served[][] = Array.from({ length: count }, () => []);
  for (const job of served(pushes, estimator)) jobs[placeOf(job.at)]?.push(job);
  return jobs.map((list, index) => ({
    from: since + index * length,
    pushes: pushCounts[index] ?? 0,
    jobs: list.length,
    minutes: sum(list),
  }));
}

function sum(jobs: readonly Served[]): number {
  return jobs.reduce((total, { minutes }) => total + (minutes ?? 0), 0);
}
