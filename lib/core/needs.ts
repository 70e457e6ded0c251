import { entryOf } from "./workflow.ts";
import type { Entry, Mapping, Tree } from "./yaml-tree.ts";

/** Job ids that a job's `needs:` names, each once. */
export function needsOf(job: Mapping): readonly string[] {
  return [...new Set(needTrees(job).map((tree) => (tree.kind === "scalar" ? tree.source : "")))];
}

/** Needs that can never be met, and so keep a job waiting for ever (Gitea) or make the file invalid (GitHub). */
export interface NeedsFault {
  readonly job: string;
  readonly kind: "unknown" | "cycle";
  /** The missing job, or the circle: `a → b → a`. */
  readonly text: string;
  readonly at: Tree["at"];
}

/** Faults in the graph of a file's jobs: at most one each job. */
export function needsFaults(jobs: Mapping): NeedsFault[] {
  const graph = new Map<string, readonly string[]>();
  for (const { key, value } of jobs.entries) graph.set(key, value.kind === "mapping" ? needsOf(value) : []);
  const circles = findCircles(graph);
  return jobs.entries.flatMap(({ key, keyAt, value }): NeedsFault[] => {
    if (value.kind !== "mapping") return [];
    const at = entryOf(value, "needs")?.value.at ?? keyAt;
    const unknown = needTrees(value).find((tree) => tree.kind !== "scalar" || !graph.has(tree.source));
    if (unknown) {
      const name = unknown.kind === "scalar" ? unknown.source : "";
      return [{ job: key, kind: "unknown", text: `no job is named "${name}"`, at: unknown.at }];
    }
    const circle = circles.get(key);
    return circle ? [{ job: key, kind: "cycle", text: `needs itself: ${circle.join(" → ")}`, at }] : [];
  });
}

/** The jobs so that each comes after those that it needs; those on a circle come last. */
export function inNeedsOrder(jobs: Mapping): readonly Entry[] {
  const entries = new Map(jobs.entries.map((entry) => [entry.key, entry]));
  const waiting = new Map<string, number>();
  const needers = new Map<string, string[]>();
  for (const { key, value } of jobs.entries) {
    const needs = value.kind === "mapping" ? needsOf(value).filter((need) => entries.has(need)) : [];
    waiting.set(key, needs.length);
    for (const need of needs) {
      const known = needers.get(need);
      if (known) known.push(key);
      else needers.set(need, [key]);
    }
  }
  const ordered = new Set([...waiting].flatMap(([id, count]) => (count === 0 ? [id] : [])));
  for (const id of ordered) {
    for (const needer of needers.get(id) ?? []) {
      const left = (waiting.get(needer) ?? 0) - 1;
      waiting.set(needer, left);
      if (left === 0) ordered.add(needer);
    }
  }
  return [...ordered, ...entries.keys()].flatMap((id) => {
    const entry = entries.get(id);
    return entry && entries.delete(id) ? [entry] : [];
  });
}

function needTrees(job: Mapping): readonly Tree[] {
  const needs = entryOf(job, "needs")?.value;
  if (!needs || needs.kind === "mapping") return [];
  if (needs.kind === "sequence") return needs.items;
  return needs.value === null ? [] : [needs];
}

/** For each job on a circle, that circle. Linear in jobs and needs: a walk in depth with an explicit stack. */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const circles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  for (const root of graph.keys()) {
    const path: string[] = [];
    const places = new Map<string, number>();
    const stack: { id: string; leave: boolean }[] = [{ id: root, leave: false }];
    for (let step = stack.pop(); step; step = stack.pop()) {
      if (step.leave) {
        path.pop();
        places.delete(step.id);
        done.add(step.id);
        continue;
      }
      const place = places.get(step.id);
      if (place !== undefined) {
        const circle = path.slice(place);
        for (const id of circle) if (!circles.has(id)) circles.set(id, [...circle, step.id]);
        continue;
      }
      if (done.has(step.id)) continue;
      places.set(step.id, path.length);
      path.push(step.id);
      stack.push({ id: step.id, leave: true });
      for (const need of [...(graph.get(step.id) ?? [])].reverse()) stack.push({ id: need, leave: false });
    }
  }
  return circles;
}
