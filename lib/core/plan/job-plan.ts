import type { Dialect } from "../dialect.ts";
import type { Position } from "../errors.ts";
import type { Reason } from "../reason.ts";
import type { WorkflowReading } from "../workflow/workflow.ts";
import type { Mapping } from "../workflow/yaml-tree.ts";
import type { Concurrency } from "./concurrency.ts";
import type { Contexts } from "./contexts.ts";
import type { JobDecision } from "./decision.ts";

export type JobsPlan =
  | {
      readonly kind: "jobs";
      readonly jobs: readonly JobDecision[];
      /** Of the workflow that the event starts. */
      readonly concurrency?: Concurrency;
    }
  /** The forge makes no run of the file. */
  | { readonly kind: "invalid"; readonly reason: Reason }
  /** Too much for us. */
  | { readonly kind: "undecided"; readonly reason: Reason };

/** What the planning of a file's jobs looks at besides the file. */
export interface PlanContext {
  readonly dialect: Dialect;
  readonly contexts: Contexts;
  /** The workflow file of that path at the same commit, for jobs that call it. */
  readonly fileAt: (path: string) => WorkflowReading | undefined;
  /** Calls above: 0 for the workflow that the event starts. */
  readonly depth: number;
  /** How many jobs may still come of it. */
  readonly left: number;
}

/** One entry below `jobs:`, with what its file says about it. */
export interface JobInput extends PlanContext {
  readonly path: string;
  readonly id: string;
  readonly job: Mapping;
  readonly at: Position;
  /** Ids in this file. */
  readonly needs: readonly string[];
  /** Ids of the jobs that have to end first: a called workflow's are several. */
  readonly waitsFor: readonly string[];
  /** One of its needs that is skipped for sure. */
  readonly skippedNeed: string | undefined;
  /** Why its needs can never be met. */
  readonly stuck?: Reason;
}

/** Jobs of one workflow, called files included, that we plan at most. */
export const maxJobs = 4_096;

export function invalidPlan(path: string, at: Position, text: string): Extract<JobsPlan, { kind: "invalid" }> {
  return { kind: "invalid", reason: placed(path, at, "invalid-job", text) };
}

export function tooManyJobs(path: string): Extract<JobsPlan, { kind: "undecided" }> {
  const text = `makes more than ${maxJobs} jobs: too many for us to plan`;
  return { kind: "undecided", reason: { code: "too-many-jobs", text, file: path } };
}

export function placed(file: string, { line, column }: Position, code: string, text: string): Reason {
  return { code, text, file, line, column };
}
