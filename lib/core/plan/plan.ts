import type { Dialect } from "../dialect.ts";
import type { Problem } from "../errors.ts";
import type { Reason } from "../reason.ts";
import { decideTrigger, needsChangedFiles } from "../trigger/trigger.ts";
import type { ChangedFiles, TriggerEvent, WorkflowSource } from "../trigger/trigger-input.ts";
import { readOnce } from "../workflow/read-once.ts";
import { entryOf, type Workflow } from "../workflow/workflow.ts";
import { readConcurrency } from "./concurrency.ts";
import { eventContexts } from "./contexts.ts";
import type { EventDecision, JobDecision, WorkflowDecision } from "./decision.ts";
import { type JobsPlan, maxJobs } from "./job-plan.ts";
import { planJobs } from "./jobs.ts";

export interface PlanInput {
  readonly dialect: Dialect;
  readonly event: TriggerEvent;
  readonly files: readonly WorkflowSource[];
  readonly changed: ChangedFiles | undefined;
  /** Values of `vars.*`, all of them; without it whatever depends on one is undecided. */
  readonly vars?: Readonly<Record<string, string>>;
}

/** Reason code of a job that would be launched, unless somebody has to approve it first. */
export const approvalUnknown = "approval-unknown";

/** What the forge runs for one event: the one door to the engine. Files come back in the order of their paths. */
export function planEvent(input: PlanInput): EventDecision {
  const workflows: WorkflowDecision[] = [];
  let stoppedBy: string | undefined;
  for (const file of inPathOrder(input.files)) {
    const reading = readOnce(input.dialect, file);
    if (reading.kind === "too-big") workflows.push(without(file.path, "undecided", reading.reason));
    else if (reading.kind === "invalid") {
      workflows.push(without(file.path, "invalid", firstProblem(file.path, reading.problems)));
      if (reading.stopsDetection) stoppedBy ??= file.path;
    } else if (stoppedBy !== undefined) workflows.push(stopped(file, stoppedBy));
    else workflows.push(planWorkflow(input, reading.workflow));
  }
  return { workflows };
}

/** Does any file ask which paths changed? Only then is it worth asking the forge. */
export function wantsChangedFiles({ dialect, event, files }: Omit<PlanInput, "changed">): boolean {
  return files.some((file) => {
    const reading = readOnce(dialect, file);
    return reading.kind === "workflow" && needsChangedFiles(dialect, event, reading.workflow);
  });
}

/** The jobs of one file as if the event started it; undefined where the file cannot be read. */
export function planFile(input: PlanInput, path: string): JobsPlan | undefined {
  const file = input.files.find((candidate) => candidate.path === path);
  const reading = file && readOnce(input.dialect, file);
  return reading?.kind === "workflow" ? planJobsOf(input, reading.workflow) : undefined;
}

function planWorkflow(input: PlanInput, workflow: Workflow): WorkflowDecision {
  const { dialect, event, changed } = input;
  const { path } = workflow;
  const trigger = decideTrigger(dialect, event, workflow, changed);
  if (trigger.decision !== "run") return without(path, trigger.decision, trigger.reason);
  const plan = planJobsOf(input, workflow);
  if (plan.kind !== "jobs") return without(path, plan.kind, plan.reason);
  const jobs = needsApproval(event) ? plan.jobs.map(awaitApproval) : plan.jobs;
  return {
    path,
    decision: "run",
    reason: trigger.reason,
    ...(plan.concurrency && { concurrency: plan.concurrency }),
    jobs,
  };
}

/** Of strangers' pull requests the forges hold the jobs back; who is a stranger only they know. */
function needsApproval({ name, fork }: TriggerEvent): boolean {
  // rule fork-approvals: what comes from a fork may have to be approved first, save pull_request_target
  return name === "pull_request" && fork === true;
}

function awaitApproval(job: JobDecision): JobDecision {
  if (job.decision !== "launch") return job;
  const text = "it comes from a fork: only the forge knows whether somebody has to approve it first";
  return { ...job, decision: "undecided", reason: { ...job.reason, code: approvalUnknown, text } };
}

function planJobsOf({ dialect, event, files, vars }: PlanInput, workflow: Workflow): JobsPlan {
  const contexts = eventContexts({ dialect, event, workflow, ...(vars && { vars }) });
  const fileAt = (called: string) => {
    const file = files.find((candidate) => candidate.path === called);
    return file && readOnce(dialect, file);
  };
  const plan = planJobs(workflow, { dialect, contexts, fileAt, depth: 0, left: maxJobs });
  if (plan.kind !== "jobs") return plan;
  const written = entryOf(workflow.root, "concurrency")?.value;
  const concurrency = readConcurrency(dialect, written, { forge: dialect.forge, contexts });
  return concurrency ? { ...plan, concurrency } : plan;
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
