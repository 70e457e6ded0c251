import type { WorkflowDecision } from "../plan/decision.ts";
import { type PlanInput, planEvent, planFile } from "../plan/plan.ts";
import type { WorkflowSource } from "../trigger/trigger-input.ts";
import { readOnce } from "../workflow/read-once.ts";
import { diffJobs } from "./diff-jobs.ts";
import { diffOn } from "./diff-on.ts";
import type { Line } from "./explain.ts";
import { summarizeOn } from "./on-summary.ts";

export interface WorkflowDiff {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** One sentence each; empty where the edit changes nothing that starts or makes a job. */
  readonly texts: readonly string[];
}

/** What an edit of workflow files changes, file by file; unchanged files are left out. */
export function diffWorkflows(after: PlanInput, before: readonly WorkflowSource[]): readonly WorkflowDiff[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const now = new Map(after.files.map((file) => [file.path, file]));
  const was = { ...after, files: before };
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path): readonly WorkflowDiff[] => {
    const [previous, current] = [old.get(path), now.get(path)];
    if (previous?.text === current?.text) return [];
    if (!previous) return [{ path, change: "added", texts: [tell(decisionOf(after, path))] }];
    if (!current) return [{ path, change: "removed", texts: [`before: ${tell(decisionOf(was, path))}`] }];
    return [{ path, change: "changed", texts: diffFile(after, was, previous, current) }];
  });
}

export function diffLines(diffs: readonly WorkflowDiff[]): readonly Line[] {
  return diffs.flatMap(({ path, change, texts }) => [
    [{ text: path, mark: "title" as const }, { text: change === "changed" ? "" : ` ${change}` }],
    ...(texts.length > 0 ? texts : ["nothing that starts or makes a job changes"]).map(
      (text): Line => [{ text: `  ${text}` }],
    ),
  ]);
}

function diffFile(
  after: PlanInput,
  was: PlanInput,
  previous: WorkflowSource,
  current: WorkflowSource,
): readonly string[] {
  const readings = [readOnce(after.dialect, previous), readOnce(after.dialect, current)] as const;
  const [from, to] = readings;
  const [before, now] = [decisionOf(was, previous.path), decisionOf(after, current.path)];
  const isSame = before?.decision === now?.decision && before?.jobs.length === now?.jobs.length;
  const decided = isSame ? [] : [`for this event: ${tell(before)} → ${tell(now)}`];
  if (from.kind !== "workflow" || to.kind !== "workflow") return decided;
  return [
    ...diffOn(summarizeOn(from.workflow.on), summarizeOn(to.workflow.on)),
    ...diffJobs(
      { written: from.workflow.jobs, planned: jobsOf(was, from.workflow.path) },
      { written: to.workflow.jobs, planned: jobsOf(after, to.workflow.path) },
    ),
    ...decided,
  ];
}

/** As if the workflow ran, whether or not it does: a matrix is there all the same. */
function jobsOf(input: PlanInput, path: string) {
  const plan = planFile(input, path);
  return plan?.kind === "jobs" ? plan.jobs : [];
}

function decisionOf(input: PlanInput, path: string): WorkflowDecision | undefined {
  return planEvent(input).workflows.find((workflow) => workflow.path === path);
}

function tell(workflow: WorkflowDecision | undefined): string {
  if (!workflow) return "nothing";
  const { decision, jobs, reason } = workflow;
  if (decision !== "run") return `${decision} (${reason.text})`;
  return `runs with ${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}`;
}
