import type { Dialect } from "../dialect.ts";
import type { Finding } from "../finding.ts";
import type { Concurrency } from "../plan/concurrency.ts";
import type { JobDecision } from "../plan/decision.ts";
import { readNeeds } from "../plan/needs.ts";
import { soleExpression, splitTemplate } from "../plan/template.ts";
import type { Reason } from "../reason.ts";
import { entryOf, type Workflow } from "../workflow/workflow.ts";
import type { Entry } from "../workflow/yaml-tree.ts";

/** A workflow with the jobs that it makes when it runs. */
export interface PlannedWorkflow {
  readonly workflow: Workflow;
  readonly jobs: readonly JobDecision[];
  /** The group of the whole run. */
  readonly concurrency?: Concurrency | undefined;
}

/** Jobs that wait for ever, run always, or take each other's machines. */
export function lintJobs(dialect: Dialect, planned: readonly PlannedWorkflow[]): readonly Finding[] {
  return [
    ...planned.flatMap(({ workflow }) => [...neverReady(dialect, workflow), ...alwaysTrue(workflow)]),
    ...planned.flatMap(({ jobs }) => emptyLabels(jobs)),
    ...planned.flatMap((one) => [...deadlocks(dialect, one), ...crowds(one)]),
    ...subsets(planned),
  ];
}

/** GitHub refuses such a file; Gitea makes a run whose jobs wait until they are abandoned. */
function neverReady(dialect: Dialect, { path, jobs }: Workflow): readonly Finding[] {
  if (dialect.forge === "github") return [];
  return [...readNeeds(dialect, jobs).faults].map(([id, { kind, text, at }]) => ({
    kind: "trap",
    code: `needs-${kind}`,
    file: path,
    at,
    text: `${id} waits for ever: ${text}`,
  }));
}

/** `if: ${{ a }} && ${{ b }}` is a text, and a text that is not empty is true. */
function alwaysTrue({ path, jobs }: Workflow): readonly Finding[] {
  return jobs.entries.flatMap(({ key, value }: Entry): readonly Finding[] => {
    const condition = value.kind === "mapping" ? entryOf(value, "if")?.value : undefined;
    if (condition?.kind !== "scalar" || splitTemplate(condition.source).kind !== "parts") return [];
    if (soleExpression(condition.source) !== undefined) return [];
    const text = `the \`if\` of ${key} is a text with expressions in it, which is always true: put it all into one \${{ }}`;
    return [{ kind: "trap", code: "always-true", file: path, at: condition.at, text }];
  });
}

function emptyLabels(jobs: readonly JobDecision[]): readonly Finding[] {
  const empty = jobs.filter(({ reason }) => reason.code === "empty-label");
  return onePerId(empty).map(({ id, reason }) => {
    return trapAt(reason, "empty-label", `${id} asks for an empty label, which no runner has: it waits for ever`);
  });
}

/** A run holds its group until its last job has ended, and so does a call: a job in there that asks for it never gets it. */
function deadlocks(dialect: Dialect, { jobs, concurrency: run }: PlannedWorkflow): readonly Finding[] {
  const ends = dialect.forge === "github" ? "GitHub cancels it" : "it waits for ever";
  const stuck = jobs.filter((job) => askedTwice(dialect, run, job) !== undefined);
  return onePerId(stuck).flatMap((job) => {
    const group = askedTwice(dialect, run, job);
    if (!group) return [];
    const holder = run && isSameGroup(dialect, run, group) ? "run" : "call";
    const text = `${job.id} asks for the concurrency group ${group.group} that its own ${holder} holds: ${ends}`;
    return [trapAt(job.reason, "concurrency-deadlock", text)];
  });
}

function askedTwice(
  dialect: Dialect,
  run: Concurrency | undefined,
  { callGroups = [], concurrency }: JobDecision,
): Concurrency | undefined {
  const asked = [run, ...callGroups, concurrency].filter((group) => group !== undefined);
  return asked.find((group, index) => asked.slice(0, index).some((held) => isSameGroup(dialect, held, group)));
}

/** Of those that wait in a group, a newer one takes the place of the older. */
function crowds({ jobs }: PlannedWorkflow): readonly Finding[] {
  const groups = new Map<string, JobDecision[]>();
  for (const job of jobs) {
    // A group that is not known yet may turn out to be another one for each job.
    if (!job.concurrency || job.matrixIndex === undefined || job.concurrency.group.includes("${{")) continue;
    const key = `${job.id}\n${job.concurrency.group}`;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first || members.length < 2) return [];
    const text = `${members.length} jobs of ${first.id} share the concurrency group ${first.concurrency?.group}: those that wait in it are cancelled for newer ones`;
    return [trapAt(first.reason, "concurrency-crowd", text)];
  });
}

/** GitHub folds the case of groups. */
function isSameGroup({ forge }: Dialect, a: Concurrency, b: Concurrency): boolean {
  return forge === "github" ? a.group.toLowerCase() === b.group.toLowerCase() : a.group === b.group;
}

/** A runner takes any job whose labels it has, so one that was started for more labels may take a job that asks for fewer. */
function subsets(planned: readonly PlannedWorkflow[]): readonly Finding[] {
  const all = planned.flatMap(({ jobs }) => jobs).filter(({ labels }) => labels.length > 0);
  const kinds = new Map(all.map((job) => [setOf(job).join("\n"), job]));
  return [...kinds.values()].flatMap((few) => {
    const more = [...kinds.values()].find((other) => isSubset(setOf(few), setOf(other)));
    if (!more) return [];
    const text = `a runner that was started for ${more.id} [${more.labels.join(", ")}] may take ${few.id} [${few.labels.join(", ")}], which asks for less`;
    return [trapAt(few.reason, "label-subset", text)];
  });
}

function isSubset(few: readonly string[], many: readonly string[]): boolean {
  return few.length < many.length && few.every((label) => many.includes(label));
}

function setOf({ labels }: JobDecision): readonly string[] {
  return [...new Set(labels.map((label) => label.toLowerCase()))].sort();
}

function onePerId(jobs: readonly JobDecision[]): readonly JobDecision[] {
  return [...new Map(jobs.map((job) => [`${job.reason.file} ${job.id}`, job])).values()];
}

function trapAt({ file, line, column }: Reason, code: string, text: string): Finding {
  const at = line === undefined ? {} : { at: { line, column: column ?? 1 } };
  return { kind: "trap", code, file: file ?? "", ...at, text };
}
