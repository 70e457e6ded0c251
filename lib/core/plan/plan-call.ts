import type { Dialect } from "../dialect.ts";
import { entryOf, type Workflow } from "../workflow/workflow.ts";
import type { Scalar } from "../workflow/yaml-tree.ts";
import { type Concurrency, readConcurrency } from "./concurrency.ts";
import { type Contexts, calledContexts } from "./contexts.ts";
import type { JobDecision } from "./decision.ts";
import type { Scope } from "./expression.ts";
import type { Verdict } from "./job-decision.ts";
import { invalidPlan, type JobInput, type JobsPlan, type PlanContext, placed } from "./job-plan.ts";
import { bindInputs, maxCallDepth, readUses } from "./reusable.ts";

/** A job that calls a workflow: its name, and what is decided about it as a whole. */
export interface Caller {
  readonly input: JobInput;
  readonly uses: Scalar;
  readonly name: string;
  readonly verdict: Verdict;
  readonly scope: Scope;
  /** What the calling job says of concurrency. */
  readonly group: Concurrency | undefined;
}

/**
 * The jobs of the workflow that a job calls, under the caller's id, and on GitHub under its name too.
 *
 * @param plan plans the jobs of the called file
 */
export function planCall(caller: Caller, plan: (called: Workflow, context: PlanContext) => JobsPlan): JobsPlan {
  const { input, uses } = caller;
  const { path, id, dialect, depth } = input;
  const wrong = (text: string) => invalidPlan(path, uses.at, `jobs.${id}.uses: ${text}`);
  const named = readUses(uses.source);
  if (named.kind === "invalid") return wrong(named.text);
  // rule remote-calls: a file of another repository is not read
  if (named.kind === "remote") return { kind: "jobs", jobs: [undecided(caller)] };
  if (depth === maxCallDepth) return wrong(`calls go deeper than ${maxCallDepth} levels`);

  const reading = input.fileAt(named.path);
  // rule called-files: have to exist at the same commit
  if (!reading) return wrong(`there is no workflow file ${named.path}`);
  if (reading.kind === "too-big") return { kind: "undecided", reason: reading.reason };
  if (reading.kind === "invalid")
    return wrong(`${named.path} is invalid: ${reading.problems[0]?.text ?? "it cannot be read"}`);
  const { workflow } = reading;
  const bound = bindInputs(dialect, input.job, workflow, caller.scope);
  if (bound.kind === "invalid") return invalidPlan(path, bound.at, `jobs.${id}: ${bound.text}`);

  const contexts = calledContexts(dialect, input.contexts, bound.inputs);
  const called = plan(workflow, { ...input, contexts, depth: depth + 1 });
  if (called.kind !== "jobs") return called;
  const groups = [caller.group, groupOfFile(dialect, workflow, contexts)].filter((group) => group !== undefined);
  return { kind: "jobs", jobs: called.jobs.map((job) => adopt(caller, groups, job)) };
}

/** GitHub takes what stands at the top of a called file for a group of the call. */
function groupOfFile(dialect: Dialect, { root }: Workflow, contexts: Contexts): Concurrency | undefined {
  // rule called-files-group: only GitHub looks at the concurrency of a called file
  if (dialect.forge !== "github") return undefined;
  return readConcurrency(dialect, entryOf(root, "concurrency")?.value, { forge: dialect.forge, contexts });
}

function undecided({ input, uses, name, verdict, group }: Caller): JobDecision {
  const { path, id, waitsFor } = input;
  const text = `it calls ${uses.source}, which is not of this commit`;
  const reason = placed(path, uses.at, "remote-workflow", text);
  const waits = verdict.decision === "wait" || verdict.decision === "skip";
  const told = group && { concurrency: group };
  return { id, name, labels: [], needs: waitsFor, ...(waits ? verdict : { decision: "undecided", reason }), ...told };
}

/** A called job waits for what its caller waits for, and is as undecided as its caller. */
function adopt({ input, name, verdict }: Caller, groups: readonly Concurrency[], job: JobDecision): JobDecision {
  const callGroups = [...groups, ...(job.callGroups ?? [])];
  const isFirst = job.needs.length === 0;
  const held = isFirst && job.decision === "launch" && verdict.decision !== "launch";
  return {
    ...job,
    id: `${input.id}/${job.id}`,
    name: input.dialect.forge === "github" ? `${name} / ${job.name}` : job.name,
    needs: isFirst ? input.waitsFor : job.needs.map((need) => `${input.id}/${need}`),
    ...(held && verdict),
    ...(callGroups.length > 0 && { callGroups }),
  };
}
