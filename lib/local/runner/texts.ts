import { UserError } from "../../core/errors.ts";
import type { Scope } from "../../core/plan/expression.ts";
import { known, truth } from "../../core/plan/value.ts";
import { resolve, toData } from "../../core/workflow/tree-value.ts";
import { entryOf } from "../../core/workflow/workflow.ts";
import type { Mapping, Tree } from "../../core/workflow/yaml-tree.ts";

/**
 * Values of a workflow file with their expressions put in, as the forges put them in.
 * A wrong expression is a UserError that says where it stands.
 */

/** The value of a mapping's entry; undefined where it has none, or null. */
export function entryValue(mapping: Mapping, key: string, scope: Scope): Tree | undefined {
  const tree = entryOf(mapping, key)?.value;
  if (!tree || (tree.kind === "scalar" && tree.value === null)) return undefined;
  return evaluated(tree, scope, key);
}

export function textOf(mapping: Mapping, key: string, scope: Scope): string | undefined {
  const value = entryValue(mapping, key, scope);
  if (!value) return undefined;
  if (value.kind !== "scalar") throw new UserError(`${key} in line ${value.at.line} has to be text`);
  return value.source;
}

/** A mapping of texts, such as `env:` and `with:`; empty where it is missing. */
export function textsOf(mapping: Mapping, key: string, scope: Scope): Readonly<Record<string, string>> {
  const value = entryValue(mapping, key, scope);
  if (!value) return {};
  if (value.kind !== "mapping") throw new UserError(`${key} in line ${value.at.line} has to be a mapping`);
  const texts: Record<string, string> = {};
  for (const entry of value.entries) {
    if (entry.value.kind !== "scalar") throw new UserError(`${key}.${entry.key} has to be text`);
    texts[entry.key] = entry.value.value === null ? "" : entry.value.source;
  }
  return texts;
}

export function isTrue(mapping: Mapping, key: string, scope: Scope): boolean {
  const value = entryValue(mapping, key, scope);
  if (value?.kind === "scalar" && value.quoted) return value.source === "true";
  return value !== undefined && truth(known(toData(value))) === true;
}

/** Minutes as milliseconds; undefined where there are none. */
export function minutesOf(mapping: Mapping, key: string, scope: Scope): number | undefined {
  const text = textOf(mapping, key, scope);
  const minutes = Number(text);
  if (text === undefined) return undefined;
  if (!(minutes > 0)) throw new UserError(`${key} has to be a number of minutes, not "${text}"`);
  return minutes * 60_000;
}

export function evaluated(tree: Tree, scope: Scope, what: string): Tree {
  const resolution = resolve(tree, scope);
  if (resolution.kind === "tree") return resolution.tree;
  const why = resolution.kind === "error" ? resolution.text : `nobody knows ${resolution.names.join(", ")} here`;
  throw new UserError(`${what} in line ${resolution.at.line}: ${why}`);
}
