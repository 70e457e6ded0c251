import type { Dialect } from "../dialect.ts";
import { entryOf } from "../workflow/workflow.ts";
import type { Mapping, Tree } from "../workflow/yaml-tree.ts";

/** Which job waits for which. */
export interface NeedsGraph {
  /** By job id, in the file's order: the ids that it needs, each once, as the jobs themselves spell them. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** All ids so that each comes after those that it needs; those that need each other come last. */
  readonly order: readonly string[];
  /** Needs that can never be met: they keep a job waiting for ever (Gitea) or make the file invalid (GitHub). */
  readonly faults: ReadonlyMap<string, NeedsFault>;
}

interface NeedsFault {
  readonly kind: "unknown" | "cycle";
  /** `no job is named "lint"`, `needs itself: a → b → a`. */
  readonly text: string;
  readonly at: Tree["at"];
}

export function readNeeds(dialect: Dialect, jobs: Mapping): NeedsGraph {
  // GitHub's job ids are the same in any case.
  const fold = (id: string) => (dialect.forge === "github" ? id.toLowerCase() : id);
  const ids = new Map(jobs.entries.map(({ key }) => [fold(key), key]));
  const trees = new Map(jobs.entries.map(({ key, value }) => [key, needTrees(dialect, value)]));
  const needs = new Map(
    [...trees].map(([id, found]) => [id, [...new Set(found.map(nameOf).map((name) => ids.get(fold(name)) ?? name))]]),
  );
  const circles = findCircles(needs);
  const faults = new Map<string, NeedsFault>();
  for (const [id, found] of trees) {
    const unknown = found.find((tree) => !ids.has(fold(nameOf(tree))));
    const circle = circles.get(id);
    // rule unknown-needs: a job that does not exist never ends
    if (unknown) faults.set(id, { kind: "unknown", text: `no job is named "${nameOf(unknown)}"`, at: unknown.at });
    // rule circles: jobs that need each other never begin
    else if (circle && found[0]) {
      faults.set(id, { kind: "cycle", text: `needs itself: ${circle.join(" → ")}`, at: found[0].at });
    }
  }
  return { needs, order: inOrder(needs), faults };
}

/** For Gitea a list with anything but texts in it is no list at all, and an empty value, unless in a list, names a job without a name. */
function needTrees(dialect: Dialect, job: Tree): readonly Tree[] {
  const needs = job.kind === "mapping" ? entryOf(job, "needs")?.value : undefined;
  if (!needs || needs.kind === "mapping") return [];
  // rule one-need: a text alone is a list of one
  if (needs.kind === "scalar") return [needs];
  if (dialect.forge === "github") return needs.items;
  // rule needs-of-texts: for Gitea a list with anything else in it is none
  if (needs.items.some(({ kind }) => kind !== "scalar")) return [];
  return needs.items.filter((item) => item.kind === "scalar" && item.value !== null);
}

function nameOf(tree: Tree): string {
  return tree.kind === "scalar" && tree.value !== null ? tree.source : "";
}

/** Jobs leave in waves: each as soon as all that it needs have left. */
function inOrder(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const missing = new Map<string, number>();
  const needers = new Map<string, string[]>();
  for (const [id, needs] of graph) {
    const known = needs.filter((need) => graph.has(need));
    missing.set(id, known.length);
    for (const need of known) {
      const list = needers.get(need);
      if (list) list.push(id);
      else needers.set(need, [id]);
    }
  }
  const order = new Set([...missing].flatMap(([id, count]) => (count === 0 ? [id] : [])));
  for (const id of order) {
    for (const needer of needers.get(id) ?? []) {
      const left = (missing.get(needer) ?? 0) - 1;
      missing.set(needer, left);
      if (left === 0) order.add(needer);
    }
  }
  for (const id of graph.keys()) order.add(id);
  return [...order];
}

/** For each job on a circle, that circle. Linear in jobs and needs: a walk in depth with a stack of its own. */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const circles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  const path: string[] = [];
  const places = new Map<string, number>();
  const stack = [...graph.keys()].reverse().map((id) => ({ id, leave: false }));
  for (let step = stack.pop(); step; step = stack.pop()) {
    const { id, leave } = step;
    const place = places.get(id);
    if (leave) {
      path.pop();
      places.delete(id);
      done.add(id);
    } else if (place !== undefined) {
      for (const member of path.slice(place)) {
        if (!circles.has(member)) circles.set(member, [...path.slice(place), id]);
      }
    } else if (!done.has(id)) {
      places.set(id, path.length);
      path.push(id);
      stack.push({ id, leave: true });
      for (const need of graph.get(id) ?? []) stack.push({ id: need, leave: false });
    }
  }
  return circles;
}
