import type { Dialect } from "../../core/dialect.ts";
import { boolean, text, texts } from "../../core/plan/context-values.ts";
import type { Contexts } from "../../core/plan/contexts.ts";
import type { Scope } from "../../core/plan/expression.ts";
import { known } from "../../core/plan/value.ts";
import { dictionary } from "../../core/workflow/tree-value.ts";
import type { JobClock } from "./job-clock.ts";
import { settled } from "./job-contexts.ts";
import type { JobLog } from "./job-log.ts";

/** What all steps of one job share and change. */
export interface JobRun {
  readonly dialect: Dialect;
  readonly log: JobLog;
  readonly clock: JobClock;
  readonly workspace: string;
  /** Scripts and environment files. */
  readonly temp: string;
  /** What the runner itself sets; no step changes it. */
  readonly fixed: Readonly<Record<string, string>>;
  /** `env:` of workflow and job, and what steps write to GITHUB_ENV. */
  env: Readonly<Record<string, string>>;
  /** Folders that steps put before the PATH, newest first. */
  path: readonly string[];
  /** Numbers the steps' files. */
  steps: number;
}

/** Steps that see each other: the job's own, or those of one composite action. */
export interface Frame {
  readonly job: JobRun;
  readonly contexts: Contexts;
  /** `env:` of the step that called this composite action; empty for the job's own steps. */
  readonly env: Readonly<Record<string, string>>;
  readonly shell: string | undefined;
  readonly workingDirectory: string | undefined;
  /** Composite actions inside each other. */
  readonly depth: number;
  readonly records: Map<string, StepRecord>;
  status: "success" | "failure";
}

export interface StepRecord {
  readonly outcome: StepOutcome;
  readonly conclusion: StepOutcome;
  readonly outputs: Readonly<Record<string, string>>;
}

export type StepOutcome = "success" | "failure" | "cancelled" | "skipped";

/** What an expression in a step may see; `stepEnv` where the step's own `env:` counts already. */
export function scopeOf(frame: Frame, stepEnv: Readonly<Record<string, string>> = {}): Required<Scope> {
  const { job, contexts, env, status } = frame;
  const isCancelled = job.clock.isOver();
  return {
    forge: job.dialect.forge,
    contexts: new Map([
      ...contexts,
      ["env", texts({ ...job.env, ...env, ...stepEnv })],
      ["job", texts({ status: isCancelled ? "cancelled" : status })],
      ["steps", stepsContext(frame.records)],
    ]),
    status: {
      always: boolean(true),
      success: boolean(status === "success" && !isCancelled),
      failure: boolean(status === "failure" && !isCancelled),
      cancelled: boolean(isCancelled),
    },
  };
}

function stepsContext(records: ReadonlyMap<string, StepRecord>) {
  const pairs = [...records].map(([key, { outcome, conclusion, outputs }]) => ({
    key,
    value: dictionary([
      { key: "outcome", value: settled(text(outcome)) },
      { key: "conclusion", value: settled(text(conclusion)) },
      { key: "outputs", value: settled(texts(outputs)) },
    ]),
  }));
  return known(dictionary(pairs));
}
