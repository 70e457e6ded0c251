import { resolve } from "../workflow/tree-value.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import type { Scope } from "./expression.ts";

/** Minutes of a job's `timeout-minutes:`; undefined where it has none that is known now. The runner enforces it. */
export function readTimeout(tree: Tree | undefined, scope: Scope): number | undefined {
  if (!tree) return undefined;
  const resolved = resolve(tree, scope);
  if (resolved.kind !== "tree" || resolved.tree.kind !== "scalar") return undefined;
  const { value, source } = resolved.tree;
  const minutes = typeof value === "number" ? value : source.trim() === "" ? Number.NaN : Number(source);
  return Number.isFinite(minutes) && minutes > 0 ? minutes : undefined;
}
