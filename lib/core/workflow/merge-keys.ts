import type { Position } from "../errors.ts";
import type { Mapping, Tree } from "./yaml-tree.ts";

/**
 * Carries out YAML 1.1's merge keys (`<<: *defaults`), as Gitea's reader does; a mapping's own keys win.
 * Below `on:` they stay: Gitea reads that part without them.
 */
export function mergeKeys(tree: Tree, done = new Map<unknown, Tree>()): Tree {
  if (tree.kind === "scalar") return tree;
  const content = tree.kind === "mapping" ? tree.entries : tree.items;
  // Aliases share content: each is merged once, whatever their number.
  const known = done.get(content);
  if (known) return { ...known, at: tree.at, ...(tree.alias === undefined ? {} : { alias: tree.alias }) };
  const merged =
    tree.kind === "mapping"
      ? mergeMapping(tree, done)
      : { ...tree, items: tree.items.map((item) => mergeKeys(item, done)) };
  done.set(content, merged);
  return merged;
}

function mergeMapping(tree: Mapping, done: Map<unknown, Tree>): Mapping {
  const own = tree.entries.map((entry) =>
    entry.key === "on" ? entry : { ...entry, value: mergeKeys(entry.value, done) },
  );
  if (!own.some(({ key }) => key === "<<")) return { ...tree, entries: own };
  const entries = new Map(own.filter(({ key }) => key !== "<<").map((entry) => [entry.key, entry]));
  for (const { key, value } of own) {
    if (key !== "<<") continue;
    for (const source of value.kind === "sequence" ? value.items : [value]) {
      if (source.kind !== "mapping") continue;
      for (const entry of source.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
  }
  return { ...tree, entries: [...entries.values()] };
}

/** Where the first merge key stands, if there is one. */
export function findMergeKey(tree: Tree, seen = new Set<unknown>()): Position | undefined {
  if (tree.kind === "scalar") return undefined;
  const content = tree.kind === "mapping" ? tree.entries : tree.items;
  if (seen.has(content)) return undefined;
  seen.add(content);
  const merge = tree.kind === "mapping" ? tree.entries.find(({ key }) => key === "<<") : undefined;
  if (merge) return merge.keyAt;
  const children = tree.kind === "mapping" ? tree.entries.map(({ value }) => value) : tree.items;
  for (const child of children) {
    const found = findMergeKey(child, seen);
    if (found) return found;
  }
  return undefined;
}
