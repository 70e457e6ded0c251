import type { Dialect } from "../dialect.ts";
import type { Reason } from "../reason.ts";
import type { Misfit } from "../workflow/shape.ts";
import { giteaMisfits } from "../workflow/shape-gitea.ts";
import { githubMisfits } from "../workflow/shape-github.ts";
import { toPlain } from "../workflow/tree-value.ts";
import { entryOf, type Workflow } from "../workflow/workflow.ts";
import { readConcurrency } from "./concurrency.ts";
import { type Condition, type KnownCondition, readCondition } from "./condition.ts";
import { type Contexts, idleStatus, needsContext } from "./contexts.ts";
import type { JobDecision } from "./decision.ts";
import type { Scope } from "./expression.ts";
import { decideJob, isSkipped, onlyForge } from "./job-decision.ts";
import { jobName } from "./job-name.ts";
import { invalidPlan, type JobInput, type JobsPlan, type PlanContext, placed, tooManyJobs } from "./job-plan.ts";
import { type Combination, type Matrix, maxCombinations } from "./matrix.ts";
import { readNeeds } from "./needs.ts";
import { planCall } from "./plan-call.ts";
import { expandsCalls } from "./reusable.ts";
import { readRunsOn } from "./runs-on.ts";
import { expandStrategy } from "./strategy.ts";
import { matrixContexts } from "./strategy-context.ts";
import { readTimeout } from "./timeout.ts";

/** The jobs that the forge makes of a workflow which runs, in its order, and what is to be done about each now. */
export function planJobs(workflow: Workflow, context: PlanContext): JobsPlan {
  const { path, jobs } = workflow;
  const { dialect } = context;
  const [misfit] = misfitsOf(dialect, workflow);
  if (misfit) return invalidPlan(path, misfit.at, `${misfit.place}: ${misfit.text}`);
  const graph = readNeeds(dialect, jobs);
  const entries = new Map(jobs.entries.map((entry) => [entry.key, entry]));
  const plans = new Map<string, readonly JobDecision[]>();
  let left = context.left;
  for (const id of graph.order) {
    const entry = entries.get(id);
    if (entry?.value.kind !== "mapping") continue;
    const fault = graph.faults.get(id);
    if (fault && dialect.forge === "github") return invalidPlan(path, fault.at, `jobs.${id}.needs: ${fault.text}`);
    const stuck = fault && placed(path, fault.at, `needs-${fault.kind}`, `waits for ever: ${fault.text}`);
    const needs = graph.needs.get(id) ?? [];
    const waiting = { needs, ...readWaiting(needs, plans), ...(stuck && { stuck }) };
    const plan = planJob({ ...context, left, path, id, job: entry.value, at: entry.keyAt, ...waiting });
    if (plan.kind !== "jobs") return plan;
    left -= plan.jobs.length;
    if (left < 0) return tooManyJobs(path);
    plans.set(id, plan.jobs);
  }
  return { kind: "jobs", jobs: [...entries.keys()].flatMap((id) => plans.get(id) ?? []) };
}

/** A need that calls a workflow stands for all of its jobs; one that is skipped makes `success()` false. */
function readWaiting(needs: readonly string[], plans: ReadonlyMap<string, readonly JobDecision[]>) {
  const waitsFor = new Set<string>();
  let skippedNeed: string | undefined;
  for (const need of needs) {
    const jobs = plans.get(need) ?? [];
    for (const { id } of jobs) waitsFor.add(id);
    // rule unknown-needs-are-waited-for [jobs.length === 0 → false]: a job that nobody knows is waited for as well
    if (jobs.length === 0) waitsFor.add(need);
    // rule skipped-needs [jobs.every(isSkipped) → false]: what needs a skipped job cannot have success()
    else if (jobs.every(isSkipped)) skippedNeed ??= need;
  }
  return { waitsFor: [...waitsFor], skippedNeed };
}

function planJob(input: JobInput): JobsPlan {
  const { dialect, path, id, job, needs, waitsFor } = input;
  const contexts: Contexts = new Map([...input.contexts, ["needs", needsContext(dialect, needs)]]);
  const condition = conditionOf(input, contexts);
  if (condition.kind === "invalid") return invalidPlan(path, condition.at, `jobs.${id}.if: ${condition.text}`);
  // A skipped job is one job, whatever its matrix.
  const isFalse = condition.kind === "false" || condition.kind === "needs-skipped";
  // rule skipped-jobs-have-no-matrix [isFalse ? → !isFalse ?]: a job that is skipped is one job
  const strategy = isFalse ? undefined : entryOf(job, "strategy")?.value;
  const matrix = expandStrategy(dialect, strategy, { forge: dialect.forge, contexts });
  if (matrix.kind === "invalid") return invalidPlan(path, matrix.at, `jobs.${id}.strategy: ${matrix.text}`);
  if (matrix.kind === "too-many" || matrix.kind === "unknown") {
    const reason = matrixReason(path, matrix);
    return { kind: "jobs", jobs: [{ id, name: id, labels: [], needs: waitsFor, decision: "undecided", reason }] };
  }
  const combinations = matrix.kind === "none" ? [undefined] : matrix.combinations;
  const jobs: JobDecision[] = [];
  for (const [index, combination] of combinations.entries()) {
    const place = { combination, index, total: combinations.length };
    const scope = jobScope(dialect, needs, matrixContexts(dialect, contexts, strategy, place));
    const planned = planOne({ ...input, left: input.left - jobs.length }, condition, scope, combination);
    if (planned.kind !== "jobs") return planned;
    for (const one of planned.jobs) jobs.push(combination ? { matrix: plainRow(combination), ...one } : one);
    if (jobs.length > input.left) return tooManyJobs(path);
  }
  return { kind: "jobs", jobs: numbered(jobs) };
}

/** One job of the file, or all those of the workflow that it calls. */
function planOne(
  input: JobInput,
  condition: KnownCondition,
  scope: Scope,
  combination: Combination | undefined,
): JobsPlan {
  const { dialect, path, id, job, at, waitsFor: needs, stuck, skippedNeed } = input;
  const isFalse = condition.kind === "false" || condition.kind === "needs-skipped";
  const nameScope = isFalse ? undefined : scope;
  const name = jobName(dialect, id, entryOf(job, "name")?.value, combination, nameScope);
  if (name.kind === "invalid") return invalidPlan(path, name.at, `jobs.${id}.name: ${name.text}`);
  const runsOn = readRunsOn(dialect, entryOf(job, "runs-on")?.value, scope);
  if (runsOn.kind === "invalid") return invalidPlan(path, runsOn.at, `jobs.${id}.runs-on: ${runsOn.text}`);
  const [ifTree, runsOnAt] = [entryOf(job, "if")?.value, entryOf(job, "runs-on")?.keyAt];
  const verdict = decideJob({ path, at, ifTree, runsOnAt, needs, skippedNeed, stuck, condition, runsOn });

  const group = readConcurrency(dialect, entryOf(job, "concurrency")?.value, scope);
  const uses = entryOf(job, "uses")?.value;
  if (uses?.kind === "scalar" && verdict.decision !== "skip" && expandsCalls(dialect)) {
    const plan = planCall({ input, uses, name: name.name, verdict, scope, group }, planJobs);
    if (plan.kind !== "invalid" || dialect.forge === "github" || verdict.decision === "launch") return plan;
    // Gitea looks at the called file when it is the caller's turn: until then all is well.
    return { kind: "jobs", jobs: [{ id, name: name.name, labels: [], needs, decision: "wait", reason: plan.reason }] };
  }
  const timeoutMinutes = readTimeout(entryOf(job, "timeout-minutes")?.value, scope);
  const labels = runsOn.kind === "labels" ? runsOn.labels : [];
  const timeout = timeoutMinutes === undefined ? {} : { timeoutMinutes };
  // rule conditional-jobs [ifTree ? → !ifTree ?]: what has an `if` is asked even after a need has failed
  const conditional = verdict.decision === "wait" && ifTree ? ({ conditional: true } as const) : {};
  const told = { ...timeout, ...conditional, ...(group && { concurrency: group }) };
  return { kind: "jobs", jobs: [{ id, name: name.name, labels, needs, ...verdict, ...told }] };
}

/** Several jobs of one id are told apart by their place among them. */
function numbered(jobs: readonly JobDecision[]): readonly JobDecision[] {
  const places = new Map<string, number>();
  return jobs.map((job) => {
    const place = places.get(job.id) ?? 0;
    places.set(job.id, place + 1);
    return inOrder(job.matrix ? { ...job, matrixIndex: place } : job);
  });
}

/** Always the same order of fields, so that equal decisions are equal texts, wherever they have been stored. */
function inOrder({ id, name, labels, matrix, matrixIndex, ...rest }: JobDecision): JobDecision {
  return { id, name, labels, ...(matrix && { matrix, matrixIndex }), ...rest };
}

/** Gitea looks at the `if` of a job only once a runner has it: the machine is needed to say "skipped". Not so for a call. */
function conditionOf({ dialect, job, needs, skippedNeed }: JobInput, contexts: Contexts): Condition {
  const isCall = entryOf(job, "uses") !== undefined && expandsCalls(dialect);
  if (dialect.forge === "gitea" && !isCall) return { kind: "left" };
  const needsSoFar = needs.length === 0 ? "none" : skippedNeed === undefined ? "open" : "skipped";
  return readCondition(entryOf(job, "if")?.value, { forge: dialect.forge, contexts }, needsSoFar);
}

function jobScope(dialect: Dialect, needs: readonly string[], contexts: Contexts): Scope {
  const status = idleStatus(dialect, needs);
  return { forge: dialect.forge, contexts, ...(status && { status }) };
}

function misfitsOf(dialect: Dialect, workflow: Workflow): readonly Misfit[] {
  return dialect.forge === "gitea" ? giteaMisfits(dialect, workflow) : githubMisfits(workflow);
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
