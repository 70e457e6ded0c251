import type { Position } from "../errors.ts";
import type { Tree } from "../workflow/yaml-tree.ts";

/** One job of a matrix. */
export interface Combination {
  readonly values: ReadonlyMap<string, Tree>;
  /** What the forge puts into the brackets behind the job's name; empty: no brackets. */
  readonly shown: readonly string[];
}

export type Matrix =
  | { readonly kind: "none" }
  | { readonly kind: "combinations"; readonly combinations: readonly Combination[] }
  /** The forge makes no run of the file. */
  | { readonly kind: "invalid"; readonly at: Position; readonly text: string }
  /** More than we expand. */
  | { readonly kind: "too-many"; readonly at: Position; readonly count: number }
  /** It depends on what only the forge knows: `needs.plan.outputs.list`. */
  | { readonly kind: "unknown"; readonly at: Position; readonly names: readonly string[] };

/** Gitea has no limit: this is ours. */
export const maxCombinations = 4_096;
