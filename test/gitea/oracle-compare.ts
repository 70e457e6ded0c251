import { decideEvent } from "../../lib/app/plan.ts";
import type { EventDecision, JobDecision } from "../../lib/core/decision.ts";
import type { Dialect } from "../../lib/core/dialect.ts";
import { isZero } from "../../lib/core/event.ts";
import type { Forge, Source } from "../../lib/core/ports.ts";
import type { Given, MadeJob, MadeRun } from "./oracle-record.ts";

/** What the engine says of a recorded push, in the words of the record. Undecided workflows and jobs are named, never guessed. */
export async function saidByUs(dialect: Dialect, given: Given): Promise<readonly MadeRun[]> {
  if (isZero(given.envelope.after ?? "")) return [];
  const decision = await decideEvent(recordedForge(dialect, given), given.envelope);
  return inWords(decision);
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

function recordedForge(dialect: Dialect, { files, message, changed, envelope }: Given): Forge {
  const unasked = async (): Promise<never> => {
    throw new Error("the engine asked for what was never recorded");
  };
  const source: Source = {
    workflowFiles: async () => files,
    changedFiles: async () => changed,
    commit: async () => ({ sha: envelope.after ?? "", message, parents: [] }),
    isAncestor: unasked,
    defaultBranch: unasked,
  };
  const demand = { missed: unasked, job: unasked };
  const enrolment = { enrol: unasked, runners: unasked, remove: unasked };
  return { dialect: async () => dialect, serves: "any-job", source, demand, enrolment };
}
