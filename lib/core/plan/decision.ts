import type { Reason } from "../reason.ts";
import type { Concurrency } from "./concurrency.ts";

/**
 * What the engine says about one event: for each workflow file whether the forge runs it, and for each job whether
 * it needs a machine now. These are the shapes that `explain --json` prints, that dispatch stores and that the page shows.
 */
export interface EventDecision {
  readonly workflows: readonly WorkflowDecision[];
}

export interface WorkflowDecision {
  /** Path in the repository: `.gitea/workflows/build.yml`. */
  readonly path: string;
  /** `undecided`: needs something unknown at push time, or is too big for us. `invalid`: the forge rejects the file. */
  readonly decision: "run" | "skip" | "undecided" | "invalid";
  readonly reason: Reason;
  /** The whole run's group. */
  readonly concurrency?: Concurrency;
  /** Empty unless `decision` is `run`. */
  readonly jobs: readonly JobDecision[];
}

export interface JobDecision {
  /** Key below `jobs:`; called jobs of reusable workflows are `caller/callee`. */
  readonly id: string;
  /** As the forge displays it and as its job events name it: `test (20, ubuntu-latest)`. */
  readonly name: string;
  /** What a runner must own, in the file's order and spelling. */
  readonly labels: readonly string[];
  /** The combination this job stands for; absent without a matrix. */
  readonly matrix?: Readonly<Record<string, unknown>>;
  /** Place among the job's combinations, from 0; absent without a matrix. */
  readonly matrixIndex?: number;
  /** Job ids (not names) that have to end first. */
  readonly needs: readonly string[];
  /** `wait`: after its needs. `undecided`: its labels, matrix or condition are not known yet. */
  readonly decision: "launch" | "wait" | "skip" | "undecided";
  readonly reason: Reason;
  readonly timeoutMinutes?: number;
  /** The job has an `if`; when one of its needs did not succeed, that decides instead of us. */
  readonly conditional?: true;
  /** A group of its own: the forge may hold it back, or cancel it, for another one. */
  readonly concurrency?: Concurrency;
  /** Groups that the calls above it hold, outermost first, from before the first job of a call until after its last. */
  readonly callGroups?: readonly Concurrency[];
}
