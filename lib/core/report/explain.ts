import type { Concurrency } from "../plan/concurrency.ts";
import type { EventDecision, JobDecision, WorkflowDecision } from "../plan/decision.ts";
import type { Reason } from "../reason.ts";

/** A piece of a line and what it means; whoever prints it picks the colour. */
interface Part {
  readonly text: string;
  readonly mark?: Mark;
}

export type Mark = JobDecision["decision"] | WorkflowDecision["decision"] | "quiet" | "title";
export type Line = readonly Part[];

/** Of a matrix with more jobs than this, only the first are named. */
const namedJobs = 12;

/** A decision in words: a line for each workflow, and below it a line for each of its jobs. */
export function explainDecision({ workflows }: EventDecision): readonly Line[] {
  const width = Math.max(0, ...workflows.map(({ path }) => path.length));
  return workflows.flatMap((workflow) => [
    workflowLine(workflow, width),
    ...groupLine(workflow.concurrency),
    ...jobLines(workflow.jobs),
  ]);
}

/** `3 workflows: 1 runs, 2 skipped; 4 jobs to launch, 1 waits` */
export function summarize({ workflows }: EventDecision): Line {
  const jobs = workflows.flatMap((workflow) => workflow.jobs);
  const parts = [
    counted(workflows, "run", "runs", "run"),
    counted(workflows, "skip", "skipped"),
    counted(workflows, "undecided", "undecided"),
    counted(workflows, "invalid", "invalid"),
  ];
  const jobParts = [
    counted(jobs, "launch", "to launch"),
    counted(jobs, "wait", "waits", "wait"),
    counted(jobs, "skip", "skipped"),
    counted(jobs, "undecided", "undecided"),
  ];
  const jobText = jobs.length > 0 ? `; ${plural(jobs.length, "job")}: ${joined(jobParts)}` : "";
  return [{ text: `${plural(workflows.length, "workflow")}: ${joined(parts)}${jobText}` }];
}

/** The reason and the place that decided: `no changed path matches docs/** (ci.yml:4:5)`. */
function reasonParts({ text, line, column }: Reason): Line {
  if (line === undefined) return [{ text }];
  return [{ text: `${text} ` }, { text: `(line ${line}${column === undefined ? "" : `:${column}`})`, mark: "quiet" }];
}

function workflowLine({ path, decision, reason }: WorkflowDecision, width: number): Line {
  return [{ text: decision.padEnd(9), mark: decision }, { text: ` ${path.padEnd(width)}  ` }, ...reasonParts(reason)];
}

function groupLine(concurrency: Concurrency | undefined): readonly Line[] {
  return concurrency ? [[{ text: `            ${groupText(concurrency)}`, mark: "quiet" }]] : [];
}

/** Which others are in the group only the forge knows: a note, no decision. */
function groupText({ group, cancels }: Concurrency): string {
  const otherwise = cancels === undefined ? ", or a newer one cancels it" : ", the others wait";
  return `one at a time in the group ${group}${cancels ? ", a newer one cancels it" : otherwise}`;
}

function jobLines(jobs: readonly JobDecision[]): readonly Line[] {
  const width = Math.min(48, Math.max(0, ...jobs.map(({ name }) => name.length)));
  const shown = new Map<string, number>();
  const lines: Line[] = [];
  for (const job of jobs) {
    const count = (shown.get(job.id) ?? 0) + 1;
    shown.set(job.id, count);
    if (count <= namedJobs) lines.push(jobLine(job, width));
    else if (count === namedJobs + 1) {
      const more = jobs.filter(({ id }) => id === job.id).length - namedJobs;
      lines.push([{ text: `            … and ${more} more of ${job.id}`, mark: "quiet" }]);
    }
  }
  return lines;
}

function jobLine(job: JobDecision, width: number): Line {
  const { name, labels, decision, reason, concurrency, callGroups = [] } = job;
  const wants = labels.length > 0 ? `[${labels.join(", ")}]` : "[any runner]";
  return [
    { text: `  ${decision.padEnd(9)}`, mark: decision },
    { text: ` ${name.padEnd(width)}  ` },
    { text: `${wants}  `, mark: "quiet" },
    ...reasonParts(reason),
    ...callGroups.map((group) => ({ text: `; its whole call ${groupText(group)}`, mark: "quiet" }) as const),
    ...(concurrency ? [{ text: `; ${groupText(concurrency)}`, mark: "quiet" } as const] : []),
  ];
}

function counted(
  items: readonly { readonly decision: string }[],
  decision: string,
  one: string,
  many: string = one,
): string {
  const count = items.filter((item) => item.decision === decision).length;
  return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}

function joined(parts: readonly string[]): string {
  const present = parts.filter((part) => part !== "");
  return present.length > 0 ? present.join(", ") : "none";
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
