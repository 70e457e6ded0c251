import { type Dialect, giteaFrom } from "../dialect.ts";
import { compareBytes, goKey, goText, goTree } from "../workflow/go-value.ts";
import { entryOf, hasTwins } from "../workflow/workflow.ts";
import type { Entry, Mapping, Tree } from "../workflow/yaml-tree.ts";
import { type Combination, type Matrix, maxCombinations } from "./matrix.ts";

type Row = Map<string, Tree>;

/**
 * Gitea's matrix (seen on 1.25.4 and 1.26.3, read in 1.27.3). It has no limit of 256, interpolates nothing, sorts keys and rows
 * by their text, and takes whatever it cannot read (an expression, and before 1.27 any value that is no list) for no matrix at all.
 */
export function expandForGitea(dialect: Dialect, strategy: Tree): Matrix {
  const matrix = strategy.kind === "mapping" ? entryOf(strategy, "matrix")?.value : undefined;
  if (matrix?.kind !== "mapping") return { kind: "none" };
  // rule matrix-alias: before 1.27.3 Gitea sees the alias, not what it names
  if (matrix.alias !== undefined && !giteaFrom(dialect, 1, 27, 3)) return { kind: "none" };
  // rule matrix-twice: what cannot be read is no matrix
  if (hasTwins(matrix)) return { kind: "none" };
  const isNew = giteaFrom(dialect, 1, 27);
  const strict = isNew ? noMapping(matrix) : undefined;
  if (strict) return strict;
  const lists = matrix.entries.map((entry) => ({ ...entry, value: isNew ? asList(entry.value) : entry.value }));
  // rule only-lists: a matrix with any other value is none
  if (!lists.every(({ value }) => isList(value))) return { kind: "none" };
  return expand({ ...matrix, entries: lists });
}

/** @param matrix its values are lists, or nothing */
function expand(matrix: Mapping): Matrix {
  const vectors = matrix.entries.filter(({ key }) => key !== "include" && key !== "exclude");
  const wrong = crash(matrix) ?? unknownExclude(matrix, vectors);
  if (wrong) return wrong;
  const count = vectors.reduce((product, { value }) => product * itemsOf(value).length, vectors.length > 0 ? 1 : 0);
  if (count > maxCombinations) return { kind: "too-many", at: matrix.at, count };

  const excludes = listed(matrix, "exclude");
  // rule excludes [!excludes.some → excludes.every]: what an entry agrees with is taken out
  const rows = product(vectors).filter((row) => !excludes.some((exclude) => agrees(row, exclude)));
  addIncludes(rows, matrix, vectors);
  return toMatrix(matrix, rows);
}

/** From 1.27 on a single value is a list of one. */
function asList(value: Tree): Tree {
  return value.kind === "scalar" ? { kind: "sequence", items: [value], at: value.at } : value;
}

/** From 1.27 on a file whose `include` or `exclude` holds anything but mappings is refused before they are looked at. */
function noMapping(matrix: Mapping): Matrix | undefined {
  for (const key of ["include", "exclude"]) {
    const value = entryOf(matrix, key)?.value;
    if (!value) continue;
    const stranger = (value.kind === "sequence" ? value.items : [value]).find(({ kind }) => kind !== "mapping");
    if (stranger) return { kind: "invalid", at: stranger.at, text: `matrix.${key} has to be a list of mappings` };
  }
  return undefined;
}

function toMatrix(matrix: Mapping, rows: readonly Row[]): Matrix {
  if (rows.length > maxCombinations) return { kind: "too-many", at: matrix.at, count: rows.length };
  // rule sorted-rows [compareBytes(a.text, b.text) → compareBytes(b.text, a.text)]: by their text, so 10 comes before 9
  const combinations = rows.map(toCombination).sort((a, b) => compareBytes(a.text, b.text));
  const [first] = combinations;
  // rule nothing-left [!first → false]: when nothing is left, it is one job without a matrix
  if (!first || (combinations.length === 1 && first.values.size === 0)) return { kind: "none" };
  return { kind: "combinations", combinations };
}

function toCombination(row: Row): Combination & { readonly text: string } {
  // rule sorted-keys [compareBytes(a, b) → compareBytes(b, a)]: values show in the order of their keys
  const sorted = [...row].sort(([a], [b]) => compareBytes(a, b));
  const shown = sorted.map(([, value]) => goText(value));
  const values = new Map(sorted.map(([key, value]) => [key, goTree(value)]));
  return { values, shown, text: `(${shown.join(", ")})` };
}

/** An entry joins every row with which it shares a key of the file's and agrees on all of those; else it is a row of its own. */
function addIncludes(rows: Row[], matrix: Mapping, vectors: readonly Entry[]): void {
  const keys = new Set(vectors.map(({ key }) => key));
  // While Gitea looks for shared keys, its matrix still holds these two.
  const shared = new Set([...keys, ...matrix.entries.map(({ key }) => key)]);
  const own: Row[] = [];
  const late: Row[] = [];
  for (const include of listed(matrix, "include")) {
    const entry = toRow(include);
    // rule includes-of-their-own: an entry without any key of the matrix is a job of its own
    if (![...entry.keys()].some((key) => shared.has(key))) {
      own.push(entry);
      continue;
    }
    const joined = rows.filter((row) =>
      [...row].every(([key, value]) => !keys.has(key) || !entry.has(key) || same(value, entry.get(key))),
    );
    for (const row of joined) for (const [key, value] of entry) row.set(key, value);
    // rule includes-that-fit-nowhere: are jobs of their own as well
    if (joined.length === 0) late.push(entry);
  }
  rows.push(...own, ...late);
}

/** Only the keys that both have are compared, by type and value. */
function agrees(row: Row, exclude: Mapping): boolean {
  return exclude.entries.every(({ key, value }) => !row.has(key) || same(row.get(key), value));
}

function same(a: Tree | undefined, b: Tree | undefined): boolean {
  return a !== undefined && b !== undefined && goKey(a) === goKey(b);
}

function product(vectors: readonly Entry[]): Row[] {
  if (vectors.length === 0) return [];
  let rows: Row[] = [new Map()];
  for (const { key, value } of vectors) {
    rows = rows.flatMap((row) => itemsOf(value).map((item) => new Map([...row, [key, item]])));
  }
  return rows;
}

/** An entry that is no mapping ends Gitea's planning with a panic. A null is fine in `include`, and so is a list of mappings. */
function crash(matrix: Mapping): Matrix | undefined {
  const includes = itemsOf(entryOf(matrix, "include")?.value).filter(
    (item) => item.kind !== "scalar" || item.value !== null,
  );
  const entries = includes.flatMap((item) => (item.kind === "sequence" ? item.items : [item]));
  const stranger = [...entries, ...itemsOf(entryOf(matrix, "exclude")?.value)].find(({ kind }) => kind !== "mapping");
  return stranger && { kind: "invalid", at: stranger.at, text: "an entry that is no mapping stops Gitea's planning" };
}

function unknownExclude(matrix: Mapping, vectors: readonly Entry[]): Matrix | undefined {
  for (const exclude of listed(matrix, "exclude")) {
    for (const { key, keyAt } of exclude.entries) {
      // rule exclude-keys: an exclude may name keys of the matrix alone
      if (key === "exclude" || vectors.some((vector) => vector.key === key)) continue;
      return { kind: "invalid", at: keyAt, text: `exclude names "${key}", which is no key of the matrix` };
    }
  }
  return undefined;
}

/** The mappings of a list; lists inside it count as its own items. */
function listed(matrix: Mapping, key: string): Mapping[] {
  const items = itemsOf(entryOf(matrix, key)?.value);
  return items
    .flatMap((item) => (item.kind === "sequence" ? item.items : [item]))
    .filter((item) => item.kind === "mapping");
}

function toRow(mapping: Mapping): Row {
  return new Map(mapping.entries.map(({ key, value }) => [key, value]));
}

function isList(tree: Tree): boolean {
  return tree.kind === "sequence" || (tree.kind === "scalar" && tree.value === null);
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === "sequence" ? tree.items : [];
}
