import type { Dialect } from "../../lib/core/dialect.ts";
import { isZero } from "../../lib/core/event.ts";
import type { EventDecision, JobDecision } from "../../lib/core/plan/decision.ts";
import { planEvent } from "../../lib/core/plan/plan.ts";
import type { TriggerEvent } from "../../lib/core/trigger/trigger-input.ts";
import type { Given, MadeJob, MadeRun } from "./oracle-record.ts";

/** What the engine says of a recorded push, in the words of the record. Undecided workflows and jobs are named, never guessed. */
export function saidByUs(dialect: Dialect, given: Given): readonly MadeRun[] {
  if (isZero(given.envelope.after ?? "")) return [];
  return inWords(planEvent({ dialect, event: eventOf(given), files: given.files, changed: given.changed, vars: {} }));
}

/** The order in which a forge lists runs and jobs is its own affair. */
export function ordered(runs: readonly MadeRun[]): readonly MadeRun[] {
  const sorted = runs.map(({ workflow, jobs }) => ({
    workflow,
    jobs: [...jobs].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  }));
  return sorted.sort((a, b) => (a.workflow < b.workflow ? -1 : 1));
}

function inWords({ workflows }: EventDecision): readonly MadeRun[] {
  return workflows.flatMap(({ path, decision, jobs }) => {
    const workflow = path.replace(/^\.(gitea|github)\/workflows\//, "");
    if (decision === "undecided") return [{ workflow: `undecided: ${workflow}`, jobs: [] }];
    return decision === "run" ? [{ workflow, jobs: jobs.map(jobInWords) }] : [];
  });
}

function jobInWords({ name, labels, decision }: JobDecision): MadeJob {
  if (decision === "undecided") return { name: `undecided: ${name}`, labels, status: "queued" };
  return { name, labels, status: decision === "wait" ? "waiting" : "queued" };
}

/** The servers of the record had no variables, and switched off what the case says. */
function eventOf({ envelope, message, files, disabled = [] }: Given): TriggerEvent {
  const { event, action, ref = "", before, after, pr, sender, repo } = envelope;
  return {
    name: event,
    ref,
    sender,
    message,
    repository: repo.name,
    defaultBranch: "main",
    ...(action ? { action } : {}),
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    ...(pr ? { baseRef: pr.baseRef, title: pr.title, fork: pr.fork } : {}),
    disabled: files.map(({ path }) => path).filter((path) => disabled.some((name) => path.endsWith(`/${name}`))),
  };
}
