import type { Position } from "../errors.ts";
import type { Mapping, Tree } from "./yaml-tree.ts";

/** Parts of a job, and of a step, that Gitea hands on as they are written, in the order in which it writes them. */
// rule parts-handed-on, item by item: with their aliases
const ofJob = ["needs", "env", "if", "steps", "container", "secrets", "permissions"];
// rule parts-of-steps-handed-on, item by item: of each of its steps
const ofStep = ["if", "env"];

/**
 * The first alias of a job whose anchor stands elsewhere.
 *
 * Gitea before 1.27.3 writes each job into a document of its own. What it has not read by then still holds its aliases, and the anchors
 * of other jobs are not in that document, so it can never be read again.
 *
 * @source Gitea 1.26.3, modules/actions/jobparser; seen on 1.25.4 and 1.26.3
 */
export function findLostAlias(job: Mapping): Position | undefined {
  const anchors = new Set<string>();
  for (const key of ofJob) {
    const part = partOf(job, key);
    const parts = key === "steps" ? stepParts(part) : [part];
    for (const one of parts) {
      const lost = one && find(one, anchors);
      if (lost) return lost;
    }
  }
  return undefined;
}

function stepParts(steps: Tree | undefined): readonly (Tree | undefined)[] {
  if (steps?.kind !== "sequence") return [];
  return steps.items.flatMap((step) => (step.kind === "mapping" ? ofStep.map((key) => partOf(step, key)) : []));
}

function find(tree: Tree, anchors: Set<string>): Position | undefined {
  if (tree.alias !== undefined) return anchors.has(tree.alias) ? undefined : tree.at;
  if (tree.anchor !== undefined) anchors.add(tree.anchor);
  if (tree.kind === "scalar") return undefined;
  for (const inner of tree.kind === "sequence" ? tree.items : tree.entries.map(({ value }) => value)) {
    const lost = find(inner, anchors);
    if (lost) return lost;
  }
  return undefined;
}

function partOf({ entries }: Mapping, name: string): Tree | undefined {
  return entries.find(({ key }) => key === name)?.value;
}
