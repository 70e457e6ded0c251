import { eventContexts } from "./contexts.ts";
import type { EventDecision, WorkflowDecision } from "./decision.ts";
import type { Dialect } from "./dialect.ts";
import type { Problem } from "./errors.ts";
import { planJobs } from "./jobs.ts";
import type { Reason } from "./reason.ts";
import { decideTrigger, needsChangedFiles } from "./trigger.ts";
import type { ChangedFiles, TriggerEvent, WorkflowSource } from "./trigger-input.ts";
import { readWorkflow, type Workflow } from "./workflow.ts";

export interface PlanInput {
  readonly dialect: Dialect;
  readonly event: TriggerEvent;
  readonly files: readonly WorkflowSource[];
  readonly changed: ChangedFiles | undefined;
  /** Values of `vars.*`, all of them; without it whatever depends on one is undecided. */
  readonly vars?: Readonly<Record<string, string>>;
}

/** What the forge runs for one event: the one door to the engine. Files come back in the order of their paths. */
export function planEvent(input: PlanInput): EventDecision {
  const workflows: WorkflowDecision[] = [];
  let stoppedBy: string | undefined;
  for (const file of inPathOrder(input.files)) {
    const reading = readWorkflow(input.dialect, file);
    if (reading.kind === "workflow")
      workflows.push(stoppedBy === undefined ? planWorkflow(input, reading.workflow) : stopped(file, stoppedBy));
    else if (reading.kind === "too-big") workflows.push(without(file.path, "undecided", reading.reason));
    else {
      workflows.push(without(file.path, "invalid", firstProblem(file.path, reading.problems)));
      if (reading.stopsDetection) stoppedBy ??= file.path;
    }
  }
  return { workflows };
}

/** Does any file ask which paths changed? Only then is it worth asking the forge. */
export function wantsChangedFiles({ dialect, event, files }: Omit<PlanInput, "changed">): boolean {
  return files.some((file) => {
    const reading = readWorkflow(dialect, file);
    return reading.kind === "workflow" && needsChangedFiles(dialect, event, reading.workflow);
  });
}

function planWorkflow(input: PlanInput, workflow: Workflow): WorkflowDecision {
  const { dialect, event, changed, vars } = input;
  const trigger = decideTrigger(dialect, event, workflow, changed);
  const { path } = workflow;
  if (trigger.decision !== "run") return without(path, trigger.decision, trigger.reason);
  const contexts = eventContexts({ dialect, event, workflow, ...(vars && { vars }) });
  const plan = planJobs(dialect, workflow, contexts);
  if (plan.kind === "invalid") return without(path, "invalid", plan.reason);
  return { path, decision: "run", reason: trigger.reason, jobs: plan.jobs };
}

function without(path: string, decision: WorkflowDecision["decision"], reason: Reason): WorkflowDecision {
  return { path, decision, reason, jobs: [] };
}

function stopped({ path }: WorkflowSource, by: string): WorkflowDecision {
  const text = `the empty job in ${by} stops Gitea before it reaches this file`;
  return without(path, "skip", { code: "detection-stopped", text, file: by });
}

function firstProblem(path: string, problems: readonly Problem[]): Reason {
  const [first] = problems;
  if (!first) return { code: "invalid-file", text: "the file cannot be read", file: path };
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const text = `${first.place ? `${first.place}: ` : ""}${first.text}${more}`;
  return { code: "invalid-file", text, file: path, ...(first.at && { line: first.at.line, column: first.at.column }) };
}

function inPathOrder(files: readonly WorkflowSource[]): readonly WorkflowSource[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
