import type { Dialect } from "../dialect.ts";
import type { Finding } from "../finding.ts";
import { planFile } from "../plan/plan.ts";
import type { WorkflowSource } from "../trigger/trigger-input.ts";
import { readOnce } from "../workflow/read-once.ts";
import { lintJobs, type PlannedWorkflow } from "./lint-jobs.ts";
import { lintTriggers } from "./lint-triggers.ts";

export interface LintInput {
  readonly dialect: Dialect;
  readonly files: readonly WorkflowSource[];
  /** Every path of the repository; without it no pattern is compared with them. */
  readonly paths?: readonly string[];
}

/** What is wrong with workflow files, and what a person cannot see in them; by file and line. */
export function lint({ dialect, files, paths }: LintInput): readonly Finding[] {
  const found: Finding[] = [];
  const planned: PlannedWorkflow[] = [];
  const event = { name: "push", ref: "refs/heads/main" };
  for (const file of files) {
    const reading = readOnce(dialect, file);
    if (reading.kind === "workflow") {
      const plan = planFile({ dialect, event, files, changed: undefined }, file.path);
      if (plan?.kind === "invalid") found.push(problemOf(plan.reason));
      found.push(...lintTriggers(dialect, reading.workflow, paths));
      const { jobs, concurrency } = plan?.kind === "jobs" ? plan : { jobs: [], concurrency: undefined };
      planned.push({ workflow: reading.workflow, jobs, concurrency });
    } else if (reading.kind === "too-big") {
      found.push({ kind: "trap", code: reading.reason.code, file: file.path, text: reading.reason.text });
    } else {
      found.push(
        ...reading.problems.map((problem): Finding => ({ ...problem, kind: "problem", code: "invalid-file" })),
      );
      if (reading.stopsDetection) {
        const text = "an empty job stops Gitea before it reaches the files after this one: none of them ever runs";
        found.push({ kind: "trap", code: "stops-detection", file: file.path, text });
      }
    }
  }
  return [...found, ...lintJobs(dialect, planned)].sort(byPlace);
}

function problemOf({
  code,
  text,
  file,
  line,
  column,
}: {
  code: string;
  text: string;
  file?: string;
  line?: number;
  column?: number;
}): Finding {
  const at = line === undefined ? {} : { at: { line, column: column ?? 1 } };
  return { kind: "problem", code, file: file ?? "", ...at, text };
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);
}
