import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { Position, Problem } from "../errors.ts";
import { quote } from "../quote.ts";
import {
  type Duplicate,
  type Entry,
  limits,
  type Mapping,
  type Scalar,
  type Tree,
  type YamlReading,
} from "./yaml-tree.ts";

/** More would only hide the first ones. */
export const maxProblems = 20;

/** What one walk over a document knows. */
interface Walk {
  readonly file: string;
  readonly at: (offset: number) => Position;
  readonly anchors: Map<string, { tree: Tree; size: number } | "open">;
  readonly problems: Problem[];
  readonly duplicates: Duplicate[];
  /** Keys and indexes down to where the walk is. */
  readonly path: string[];
  /** Expanded size so far. */
  size: number;
}

/** The library's nodes as our tree; `too-many`: its aliases make more of them than we look at. */
export function toTree(
  file: string,
  document: Document.Parsed,
  at: (offset: number) => Position,
): Exclude<YamlReading, { kind: "too-big" }> | { readonly kind: "too-many" } {
  const walk: Walk = { file, at, anchors: new Map(), problems: [], duplicates: [], path: [], size: 0 };
  const root = convert(walk, document.contents, 0);
  if (walk.size > limits.nodes) return { kind: "too-many" };
  if (walk.problems.length > 0) return { kind: "invalid", problems: walk.problems.slice(0, maxProblems) };
  return { kind: "tree", root, duplicates: walk.duplicates };
}

function convert(walk: Walk, node: Node | null, offset: number): Tree {
  if (isAlias(node)) return resolveAlias(walk, node.source, node.range?.[0] ?? offset);
  const before = walk.size;
  walk.size++;
  const anchor = node && "anchor" in node && typeof node.anchor === "string" ? node.anchor : undefined;
  if (anchor !== undefined) walk.anchors.set(anchor, "open");
  const tree = convertOwn(walk, node, offset);
  if (anchor === undefined) return tree;
  walk.anchors.set(anchor, { tree, size: walk.size - before });
  return { ...tree, anchor };
}

function convertOwn(walk: Walk, node: Node | null, offset: number): Tree {
  const at = walk.at(node?.range?.[0] ?? offset);
  if (isMap(node)) return convertMapping(walk, node, at);
  if (isSeq(node)) {
    const items = node.items.map((item, index) => below(walk, `${index}`, () => convert(walk, item as Node, offset)));
    return { kind: "sequence", items, at };
  }
  if (!isScalar(node)) return { kind: "scalar", value: null, source: "", quoted: false, at };

  const quoted = node.type !== undefined && node.type !== "PLAIN";
  const value = node.value;
  const known = value === null || ["string", "number", "boolean"].includes(typeof value);
  const source = quoted && typeof value === "string" ? value : (node.source ?? "");
  return { kind: "scalar", value: known ? (value as Scalar["value"]) : source, source, quoted, at };
}

function below<T>(walk: Walk, step: string, convertIt: () => T): T {
  walk.path.push(step);
  const converted = convertIt();
  walk.path.pop();
  return converted;
}

function convertMapping(walk: Walk, node: YAMLMap, at: Position): Mapping {
  const entries: Entry[] = [];
  const seen = new Map<string, Position>();
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const keyTree = convert(walk, pair.key, node.range?.[0] ?? 0);
    const step = keyTree.kind === "scalar" ? keyTree.source : "";
    const value = below(walk, step, () => convert(walk, pair.value, pair.key?.range?.[1] ?? 0));
    if (keyTree.kind !== "scalar") {
      walk.problems.push({ file: walk.file, at: keyTree.at, text: "a key has to be plain text" });
      continue;
    }
    const key = keyTree.source;
    const first = seen.get(key);
    if (first) {
      const text = `the key ${quote(key)} stands twice in one mapping; the first is in line ${first.line}`;
      const problem = { file: walk.file, at: keyTree.at, text };
      walk.duplicates.push({ problem, path: [...walk.path] });
    } else seen.set(key, keyTree.at);
    entries.push({ key, keyAt: keyTree.at, value });
  }
  return { kind: "mapping", entries, at };
}

function resolveAlias(walk: Walk, name: string, offset: number): Tree {
  const at = walk.at(offset);
  const target = walk.anchors.get(name);
  if (target !== undefined && target !== "open") {
    walk.size += target.size;
    return { ...target.tree, at, alias: name };
  }
  const text = target
    ? `the anchor ${quote(name)} holds an alias of itself`
    : `no anchor ${quote(name)} stands before this alias`;
  walk.problems.push({ file: walk.file, at, text });
  return { kind: "scalar", value: null, source: "", quoted: false, at };
}
