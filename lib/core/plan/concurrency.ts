import { type Dialect, giteaFrom } from "../dialect.ts";
import { resolve } from "../workflow/tree-value.ts";
import { entryOf } from "../workflow/workflow.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import { interpolate, type Scope } from "./expression.ts";

/** Of all that share a group the forge runs one at a time. Which others there are only the forge knows. */
export interface Concurrency {
  /** As the forge names it; as it is written, where a part of it is not known yet. */
  readonly group: string;
  /** A newer one cancels the one that runs; absent where that is not known yet. */
  readonly cancels?: boolean;
}

/**
 * What `concurrency:` says of a workflow or of a job, for a note beside the plan: it decides nothing here.
 * Undefined where there is none, where the forge refuses it anyway, or where it does not look at it.
 */
export function readConcurrency(dialect: Dialect, tree: Tree | undefined, scope: Scope): Concurrency | undefined {
  // rule concurrency-since-1-26: older ones do not look at it
  if (dialect.forge === "gitea" && !giteaFrom(dialect, 1, 26)) return undefined;
  const group = tree?.kind === "mapping" ? entryOf(tree, "group")?.value : tree;
  if (group?.kind !== "scalar" || group.value === null || group.source === "") return undefined;
  const value = interpolate(group.source, scope);
  if (value.kind === "error") return undefined;
  const name = value.kind === "known" ? value.data.coerceString() : group.source;
  const cancels = readCancels(tree?.kind === "mapping" ? entryOf(tree, "cancel-in-progress")?.value : undefined, scope);
  return { group: name, ...(cancels === undefined ? {} : { cancels }) };
}

function readCancels(tree: Tree | undefined, scope: Scope): boolean | undefined {
  if (!tree) return false;
  const resolved = resolve(tree, scope);
  if (resolved.kind !== "tree" || resolved.tree.kind !== "scalar") return undefined;
  return resolved.tree.source.trim() === "true";
}
