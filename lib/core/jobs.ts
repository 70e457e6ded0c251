import { type Condition, type NeedsSoFar, readCondition } from "./condition.ts";
import { type Contexts, idleStatus, needsContext } from "./contexts.ts";
import type { JobDecision } from "./decision.ts";
import type { Dialect } from "./dialect.ts";
import type { Position } from "./errors.ts";
import type { Scope } from "./expression.ts";
import { decideJob, onlyForge } from "./job-decision.ts";
import { jobName } from "./job-name.ts";
import { type Combination, type Matrix, maxCombinations } from "./matrix.ts";
import { readNeeds } from "./needs.ts";
import type { Reason } from "./reason.ts";
import { readRunsOn } from "./runs-on.ts";
import { giteaMisfits } from "./shape-gitea.ts";
import { githubMisfits } from "./shape-github.ts";
import { expandStrategy } from "./strategy.ts";
import { matrixContexts } from "./strategy-context.ts";
import { readTimeout } from "./timeout.ts";
import { toPlain } from "./tree-value.ts";
import { entryOf, type Workflow } from "./workflow.ts";
import type { Mapping } from "./yaml-tree.ts";

export type JobsPlan =
  | { readonly kind: "jobs"; readonly jobs: readonly JobDecision[] }
  /** The forge makes no run of the file. */
  | { readonly kind: "invalid"; readonly reason: Reason };

interface JobInput {
  readonly dialect: Dialect;
  readonly path: string;
  readonly id: string;
  readonly job: Mapping;
  readonly at: Position;
  readonly needs: readonly string[];
  readonly needsSoFar: NeedsSoFar;
  readonly contexts: Contexts;
  /** Why its needs can never be met. */
  readonly stuck?: Reason;
}

/** The jobs that the forge makes of a workflow which runs, in its order, and what is to be done about each now. */
export function planJobs(dialect: Dialect, workflow: Workflow, contexts: Contexts): JobsPlan {
  const { path, jobs } = workflow;
  const [misfit] = dialect.forge === "gitea" ? giteaMisfits(workflow) : githubMisfits(workflow);
  if (misfit) return invalid(path, misfit.at, `${misfit.place}: ${misfit.text}`);
  const { needs: graph, order, faults } = readNeeds(dialect, jobs);
  const entries = new Map(jobs.entries.map((entry) => [entry.key, entry]));
  const plans = new Map<string, readonly JobDecision[]>();
  const skipped = new Set<string>();
  for (const id of order) {
    const entry = entries.get(id);
    if (entry?.value.kind !== "mapping") continue;
    const fault = faults.get(id);
    if (fault && dialect.forge === "github") return invalid(path, fault.at, `jobs.${id}.needs: ${fault.text}`);
    const stuck = fault && placed(path, fault.at, `needs-${fault.kind}`, `waits for ever: ${fault.text}`);
    const needs = graph.get(id) ?? [];
    const needsSoFar = needs.length === 0 ? "none" : needs.some((need) => skipped.has(need)) ? "skipped" : "open";
    const facts = { dialect, path, id, job: entry.value, at: entry.keyAt, needs, needsSoFar, contexts } as const;
    const plan = planJob({ ...facts, ...(stuck && { stuck }) });
    if (plan.kind === "invalid") return plan;
    if (plan.jobs.every(({ reason }) => reason.code === "condition-false")) skipped.add(id);
    plans.set(id, plan.jobs);
  }
  return { kind: "jobs", jobs: [...entries.keys()].flatMap((id) => plans.get(id) ?? []) };
}

function planJob(input: JobInput): JobsPlan {
  const { dialect, path, id, job, needs } = input;
  const contexts: Contexts = new Map([...input.contexts, ["needs", needsContext(dialect, needs)]]);
  const condition = conditionOf(input, contexts);
  if (condition.kind === "invalid") return invalid(path, condition.at, `jobs.${id}.if: ${condition.text}`);
  // A skipped job is one job under its written name, whatever its matrix.
  const strategy = condition.kind === "false" ? undefined : entryOf(job, "strategy")?.value;
  const matrix = expandStrategy(dialect, strategy, { forge: dialect.forge, contexts });
  if (matrix.kind === "invalid") return invalid(path, matrix.at, `jobs.${id}.strategy: ${matrix.text}`);
  if (matrix.kind === "too-many" || matrix.kind === "unknown") {
    const reason = matrixReason(path, matrix);
    return { kind: "jobs", jobs: [{ id, name: id, labels: [], needs, decision: "undecided", reason }] };
  }
  const combinations = matrix.kind === "none" ? [undefined] : matrix.combinations;
  const jobs: JobDecision[] = [];
  for (const [index, combination] of combinations.entries()) {
    const place = { combination, index, total: combinations.length };
    const planned = planOne(input, condition, matrixContexts(dialect, contexts, strategy, place), combination);
    if ("kind" in planned) return planned;
    jobs.push(combination ? { ...planned, matrix: plainRow(combination), matrixIndex: index } : planned);
  }
  return { kind: "jobs", jobs };
}

function planOne(
  { dialect, path, id, job, at, needs, stuck }: JobInput,
  condition: Exclude<Condition, { kind: "invalid" }>,
  contexts: Contexts,
  combination: Combination | undefined,
): JobDecision | Extract<JobsPlan, { kind: "invalid" }> {
  const status = idleStatus(dialect, needs);
  const scope: Scope = { forge: dialect.forge, contexts, ...(status && { status }) };
  const name = jobName(
    dialect,
    id,
    entryOf(job, "name")?.value,
    combination,
    condition.kind === "false" ? undefined : scope,
  );
  if (name.kind === "invalid") return invalid(path, name.at, `jobs.${id}.name: ${name.text}`);
  const runsOn = readRunsOn(dialect, entryOf(job, "runs-on")?.value, scope);
  if (runsOn.kind === "invalid") return invalid(path, runsOn.at, `jobs.${id}.runs-on: ${runsOn.text}`);
  const timeoutMinutes = readTimeout(entryOf(job, "timeout-minutes")?.value, scope);
  const [ifAt, runsOnAt] = [entryOf(job, "if")?.keyAt, entryOf(job, "runs-on")?.keyAt];
  return {
    id,
    name: name.name,
    labels: runsOn.kind === "labels" ? runsOn.labels : [],
    needs,
    ...decideJob({
      path,
      at,
      needs,
      condition,
      runsOn,
      ...(ifAt && { ifAt }),
      ...(runsOnAt && { runsOnAt }),
      ...(stuck && { stuck }),
    }),
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
  };
}

/** Gitea never looks at the `if` of a job before a runner has it: the machine is needed to say "skipped". */
function conditionOf({ dialect, job, needsSoFar }: JobInput, contexts: Contexts): Condition {
  if (dialect.forge === "gitea") return { kind: "true" };
  return readCondition(entryOf(job, "if")?.value, { forge: dialect.forge, contexts }, needsSoFar);
}

function matrixReason(path: string, matrix: Extract<Matrix, { kind: "too-many" | "unknown" }>): Reason {
  if (matrix.kind === "unknown") {
    return placed(path, matrix.at, "matrix-unknown", `its matrix needs ${onlyForge(matrix.names)}`);
  }
  const text = `its matrix makes ${matrix.count} jobs: we expand at most ${maxCombinations}`;
  return placed(path, matrix.at, "matrix-too-big", text);
}

function plainRow({ values }: Combination): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...values].map(([key, value]) => [key, toPlain(value)]));
}

function invalid(path: string, at: Position, text: string): Extract<JobsPlan, { kind: "invalid" }> {
  return { kind: "invalid", reason: placed(path, at, "invalid-job", text) };
}

function placed(file: string, { line, column }: Position, code: string, text: string): Reason {
  return { code, text, file, line, column };
}
