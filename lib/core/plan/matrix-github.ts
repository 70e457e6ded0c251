import { data } from "@actions/expressions";
import { equals } from "@actions/expressions/result";
import { resolve, toData } from "../workflow/tree-value.ts";
import { entryOf } from "../workflow/workflow.ts";
import type { Mapping, Sequence, Tree } from "../workflow/yaml-tree.ts";
import type { Scope } from "./expression.ts";
import { type Combination, type Matrix, maxCombinations } from "./matrix.ts";

/** GitHub's limit, counted over one matrix. */
// rule matrix-limit [256 → 9999]: GitHub takes so many jobs of one matrix
const githubLimit = 256;

type Row = Map<string, Tree>;

/** An entry of `include`: `filter` has keys of the matrix, `extra` the others. */
interface Include {
  readonly filter: Mapping;
  readonly extra: Mapping;
  joined: boolean;
}

interface Parts {
  readonly at: Tree["at"];
  readonly vectors: ReadonlyMap<string, { readonly name: string; readonly list: Sequence }>;
  readonly includes: readonly Include[];
  readonly excludes: readonly Mapping[];
}

/**
 * GitHub's matrix, as its open runner builds it: the first key varies slowest, values compare as expressions do
 * (`'16' == 16`, texts without case), nested values by their leaves, and keys without case.
 */
export function expandForGithub(strategy: Tree, scope: Scope): Matrix {
  const resolved = resolve(strategy, scope);
  if (resolved.kind === "unknown") return resolved;
  if (resolved.kind === "error") return { ...resolved, kind: "invalid" };
  const { tree } = resolved;
  if (tree.kind !== "mapping") return { kind: "invalid", at: tree.at, text: "strategy has to be a mapping" };
  const matrix = entryOf(tree, "matrix")?.value;
  if (!matrix) return { kind: "none" };

  const parts = readParts(matrix);
  if ("kind" in parts) return parts;
  const sizes = [...parts.vectors.values()].map(({ list }) => list.items.length);
  const count = sizes.reduce((product, size) => product * size, sizes.length > 0 ? 1 : 0);
  // Excluded ones do not count for GitHub, so a product above its limit is still expanded, as far as we go.
  if (count > maxCombinations) return { kind: "too-many", at: parts.at, count };
  const combinations = combine(parts);
  if (combinations.length > githubLimit) {
    const text = `makes ${combinations.length} jobs: GitHub takes at most ${githubLimit}`;
    return { kind: "invalid", at: parts.at, text };
  }
  return { kind: "combinations", combinations };
}

function combine(parts: Parts): Combination[] {
  const combinations: Combination[] = [];
  for (const row of product(parts)) {
    // rule github-excludes: what an entry agrees with is taken out
    if (parts.excludes.some((exclude) => matches(row, exclude))) continue;
    // rule shown-before-includes [row.values() → new Map([...row, ...parts.includes.flatMap(({ extra }) => extra.entries.map(({ key, value }) => [key, value] as const))]).values()]: what an include adds is not in the name
    const shown = leaves([...row.values()]);
    const values: Row = new Map(row);
    for (const include of parts.includes) {
      // rule github-includes: an entry joins where its keys of the matrix agree
      if (!matches(row, include.filter)) continue;
      include.joined = true;
      for (const { key, value } of include.extra.entries) setFolded(values, key, value);
    }
    combinations.push({ values, shown });
  }
  for (const { filter, extra, joined } of parts.includes) {
    // rule github-includes-of-their-own: an entry that joined nowhere is a job of its own
    if (joined) continue;
    const values = new Map([...filter.entries, ...extra.entries].map(({ key, value }) => [key, value]));
    combinations.push({ values, shown: leaves([...values.values()]) });
  }
  return combinations;
}

function readParts(matrix: Tree): Parts | Extract<Matrix, { kind: "invalid" }> {
  const wrong = (tree: Tree, text: string) => ({ kind: "invalid", at: tree.at, text }) as const;
  if (matrix.kind !== "mapping") return wrong(matrix, "matrix has to be a mapping");
  const vectors = new Map<string, { name: string; list: Sequence }>();
  for (const { key, value } of matrix.entries) {
    // rule github-lists: every value is a list
    if (value.kind !== "sequence") return wrong(value, `matrix.${key} has to be a list`);
    if (key === "include" || key === "exclude") {
      const stranger = value.items.find((item) => item.kind !== "mapping" || item.entries.length === 0);
      // rule entries-are-mappings: with at least one key
      if (stranger) return wrong(stranger, `an entry of matrix.${key} has to be a mapping with at least one key`);
      // rule empty-lists: are refused
    } else if (value.items.length === 0) return wrong(value, `matrix.${key} is empty`);
    else vectors.set(key.toLowerCase(), { name: key, list: value });
  }
  const entries = mappings(matrix, "include");
  // rule empty-matrix: is refused
  if (vectors.size === 0 && entries.length === 0) return wrong(matrix, "matrix has neither a list nor an include");

  const excludes = mappings(matrix, "exclude");
  for (const { key, keyAt } of excludes.flatMap((exclude) => exclude.entries)) {
    // rule github-exclude-keys: an exclude names keys of the matrix alone
    if (vectors.has(key.toLowerCase())) continue;
    return { kind: "invalid", at: keyAt, text: `exclude names "${key}", which is no key of the matrix` };
  }
  const includes = entries.map((entry) => ({
    filter: { ...entry, entries: entry.entries.filter(({ key }) => vectors.has(key.toLowerCase())) },
    extra: { ...entry, entries: entry.entries.filter(({ key }) => !vectors.has(key.toLowerCase())) },
    joined: false,
  }));
  return { at: matrix.at, vectors, includes, excludes };
}

function product({ vectors }: Parts): Row[] {
  if (vectors.size === 0) return [];
  let rows: Row[] = [new Map()];
  for (const { name, list } of vectors.values()) {
    rows = rows.flatMap((row) => list.items.map((item) => new Map([...row, [name, item]])));
  }
  return rows;
}

/** Every leaf of the filter equals what stands at its place in the row. */
function matches(row: Row, filter: Mapping): boolean {
  return filter.entries.every(({ key, value }) => agrees(getFolded(row, key), value));
}

function agrees(value: Tree | undefined, filter: Tree): boolean {
  if (filter.kind === "scalar") return equals(value ? toData(value) : new data.Null(), toData(filter));
  if (filter.kind === "sequence") {
    return filter.items.every((item, index) =>
      agrees(value?.kind === "sequence" ? value.items[index] : undefined, item),
    );
  }
  return filter.entries.every((entry) => {
    const found = value?.kind === "mapping" ? value.entries.find(({ key }) => sameName(key, entry.key)) : undefined;
    return agrees(found?.value, entry.value);
  });
}

/** The scalars within the values, in order; null and empty texts show nothing. */
function leaves(values: readonly Tree[]): string[] {
  return values.flatMap((value) => {
    if (value.kind === "sequence") return leaves(value.items);
    if (value.kind === "mapping") return leaves(value.entries.map((entry) => entry.value));
    const text = toData(value).coerceString();
    // rule empty-values-show-nothing [[] → ["null"]]: in a name
    return text === "" ? [] : [text];
  });
}

function mappings(matrix: Mapping, key: string): Mapping[] {
  const list = entryOf(matrix, key)?.value;
  return list?.kind === "sequence" ? list.items.filter((item) => item.kind === "mapping") : [];
}

function getFolded(row: Row, key: string): Tree | undefined {
  return row.get(key) ?? [...row].find(([name]) => sameName(name, key))?.[1];
}

function setFolded(row: Row, key: string, value: Tree): void {
  const present = [...row.keys()].find((name) => sameName(name, key));
  row.set(present ?? key, value);
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
