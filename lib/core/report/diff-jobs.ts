import type { JobDecision } from "../plan/decision.ts";
import { toPlain } from "../workflow/tree-value.ts";
import { entryOf } from "../workflow/workflow.ts";
import type { Mapping, Tree } from "../workflow/yaml-tree.ts";

/** One version of a file's jobs: as written, and as planned for one event. */
export interface JobsVersion {
  readonly written: Mapping;
  readonly planned: readonly JobDecision[];
}

/** What an edit changes about jobs, in words: `matrix of test 4 → 12`. */
export function diffJobs(before: JobsVersion, after: JobsVersion): readonly string[] {
  const old = new Map(before.written.entries.map(({ key, value }) => [key, value]));
  const now = new Map(after.written.entries.map(({ key, value }) => [key, value]));
  const texts: string[] = [];
  const quiet: string[] = [];
  for (const [id, job] of now) {
    const was = old.get(id);
    if (!was) texts.push(`${id}: new job${describe(of(after, id))}`);
    else {
      texts.push(...diffJob(id, { tree: was, jobs: of(before, id) }, { tree: job, jobs: of(after, id) }));
      if (rest(was) !== rest(job)) quiet.push(id);
    }
  }
  for (const id of old.keys()) if (!now.has(id)) texts.push(`${id}: removed`);
  if (quiet.length > 0) texts.push(`steps or settings of ${quiet.join(", ")} change`);
  return texts;
}

interface Version {
  readonly tree: Tree;
  readonly jobs: readonly JobDecision[];
}

/** Keys whose change is told in words of its own. */
const told = ["strategy", "runs-on", "needs", "if", "timeout-minutes", "name", "uses"];

function diffJob(id: string, before: Version, after: Version): readonly string[] {
  const texts = [...diffMatrix(id, before, after)];
  const labels = [labelsOf(before), labelsOf(after)];
  if (labels[0] !== labels[1])
    texts.push(`${id} runs on ${labels[1] || "any runner"}, not ${labels[0] || "any runner"}`);
  const [needed, needs] = [needsOf(before), needsOf(after)];
  const [more, less] = [without(needs, needed), without(needed, needs)];
  if (more.length > 0) texts.push(`${id} waits for ${more.join(", ")} now`);
  if (less.length > 0) texts.push(`${id} no longer waits for ${less.join(", ")}`);
  for (const key of ["if", "timeout-minutes", "name", "uses"]) {
    const [was, is] = [written(before, key), written(after, key)];
    if (was !== is) texts.push(`${key} of ${id}: ${was ?? "none"} → ${is ?? "none"}`);
  }
  return texts;
}

/** Of a matrix that keeps its size, up to three jobs that come or go are named. */
function diffMatrix(id: string, before: Version, after: Version): readonly string[] {
  const [were, are] = [before.jobs.length, after.jobs.length];
  if (were !== are) return [`matrix of ${id} ${were} → ${are}`];
  if (written(before, "strategy") === written(after, "strategy")) return [];
  const [old, now] = [before.jobs.map(({ name }) => name), after.jobs.map(({ name }) => name)];
  const [come, gone] = [without(now, old), without(old, now)];
  if (come.length === 0 && gone.length === 0) return [`the strategy of ${id} changes`];
  return [`matrix of ${id}: ${few(come)} in place of ${few(gone)}`];
}

function few(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return names.length === 0 ? "nothing" : `${names.slice(0, 3).join(", ")}${more}`;
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  return names.filter((name) => !others.includes(name));
}

function of({ planned }: JobsVersion, id: string): readonly JobDecision[] {
  return planned.filter((job) => job.id === id || job.id.startsWith(`${id}/`));
}

function describe(jobs: readonly JobDecision[]): string {
  const [job] = jobs;
  if (!job) return "";
  const labels = job.labels.length > 0 ? ` on ${job.labels.join(", ")}` : "";
  return `${labels}${job.needs.length > 0 ? ` after ${job.needs.join(", ")}` : ""}${jobs.length > 1 ? ` × ${jobs.length}` : ""}`;
}

function labelsOf({ jobs }: Version): string {
  return [...new Set(jobs.map(({ labels }) => labels.join(", ")))].sort().join(" | ");
}

function needsOf({ tree }: Version): readonly string[] {
  const needs = tree.kind === "mapping" ? entryOf(tree, "needs")?.value : undefined;
  if (!needs) return [];
  return [toPlain(needs)].flat().map(String);
}

function written({ tree }: Version, key: string): string | undefined {
  const value = tree.kind === "mapping" ? entryOf(tree, key)?.value : undefined;
  if (!value) return undefined;
  return value.kind === "scalar" ? value.source : JSON.stringify(toPlain(value));
}

function rest(tree: Tree): string {
  if (tree.kind !== "mapping") return "";
  return JSON.stringify(toPlain({ ...tree, entries: tree.entries.filter(({ key }) => !told.includes(key)) }));
}
