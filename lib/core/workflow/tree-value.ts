import { data } from "@actions/expressions";
import type { Position } from "../errors.ts";
import { evaluate, interpolate, type Scope } from "../plan/expression.ts";
import { soleExpression, splitTemplate } from "../plan/template.ts";
import { namesOf } from "../plan/value.ts";
import type { Tree } from "./yaml-tree.ts";

/** A tree's value as plain data, as `explain --json` shows it. */
export function toPlain(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "sequence") return tree.items.map(toPlain);
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, toPlain(value)]));
}

/** A tree's value as expressions see it. */
export function toData(tree: Tree): data.ExpressionData {
  if (tree.kind === "sequence") return new data.Array(...tree.items.map(toData));
  if (tree.kind === "mapping") return dictionary(tree.entries.map(({ key, value }) => ({ key, value: toData(value) })));
  const { value } = tree;
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  return typeof value === "boolean" ? new data.BooleanData(value) : new data.Null();
}

/** An expression's value as a tree that stands where the expression stood. */
function fromData(value: data.ExpressionData, at: Position): Tree {
  if (value instanceof data.Array) {
    return { kind: "sequence", items: value.values().map((item) => fromData(item, at)), at };
  }
  if (value instanceof data.Dictionary) {
    const entries = value.pairs().map((pair) => ({ key: pair.key, keyAt: at, value: fromData(pair.value, at) }));
    return { kind: "mapping", entries, at };
  }
  const source = value.coerceString();
  return { kind: "scalar", value: plainScalar(value), source, quoted: value instanceof data.StringData, at };
}

export type Resolution =
  | { readonly kind: "tree"; readonly tree: Tree }
  | { readonly kind: "unknown"; readonly at: Position; readonly names: readonly string[] }
  | { readonly kind: "error"; readonly at: Position; readonly text: string };

/** The tree with every expression in it replaced by its value. A text that is one expression takes on the value's type. */
export function resolve(tree: Tree, scope: Scope): Resolution {
  if (tree.kind === "scalar") return resolveText(tree, scope);
  const children = tree.kind === "sequence" ? tree.items : tree.entries.map(({ value }) => value);
  const resolved: Tree[] = [];
  for (const child of children) {
    const value = resolve(child, scope);
    if (value.kind !== "tree") return value;
    resolved.push(value.tree);
  }
  if (tree.kind === "sequence") return { kind: "tree", tree: { ...tree, items: resolved } };
  const entries = tree.entries.map((entry, index) => ({ ...entry, value: resolved[index] ?? entry.value }));
  return { kind: "tree", tree: { ...tree, entries } };
}

function resolveText(tree: Extract<Tree, { kind: "scalar" }>, scope: Scope): Resolution {
  if (typeof tree.value !== "string" || splitTemplate(tree.value).kind === "plain") return { kind: "tree", tree };
  const sole = soleExpression(tree.value);
  const value = sole === undefined ? interpolate(tree.value, scope) : evaluate(sole, scope);
  if (value.kind === "error") return { kind: "error", at: tree.at, text: value.text };
  if (value.kind !== "known") return { kind: "unknown", at: tree.at, names: namesOf(value) };
  return { kind: "tree", tree: fromData(value.data, tree.at) };
}

/** The package's own map of names takes `constructor` and its like for present. */
export function dictionary(pairs: readonly { key: string; value: data.ExpressionData }[]): data.Dictionary {
  const made = new data.Dictionary();
  Object.assign(made, { indexMap: Object.create(null) });
  for (const { key, value } of pairs) made.add(key, value);
  return made;
}

function plainScalar(value: data.ExpressionData): string | number | boolean | null {
  if (value instanceof data.NumberData || value instanceof data.StringData || value instanceof data.BooleanData) {
    return value.value;
  }
  return null;
}
