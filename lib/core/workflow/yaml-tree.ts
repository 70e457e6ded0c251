import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type YAMLMap,
} from "yaml";
import type { Position, Problem } from "../errors.ts";
import { quote } from "../quote.ts";
import type { Reason } from "../reason.ts";

/**
 * A YAML document as positioned plain data.
 *
 * Where an alias (`*name`) stands, the node that it names stands in its place, marked with `alias` and with the alias's
 * position. The children are shared, so a tree may be a graph; its expanded size is below `limits.nodes` all the same.
 */
export type Tree = Scalar | Sequence | Mapping;

export interface Scalar {
  readonly kind: "scalar";
  /** By YAML 1.2's core rules: `on` and `yes` are text, `3.10` is 3.1. */
  readonly value: string | number | boolean | null;
  /** The text without quotes and escapes, in its own spelling: `3.10`. */
  readonly source: string;
  /** Quoted or a block, and so never a number. */
  readonly quoted: boolean;
  readonly at: Position;
  /** Name of the anchor, where an alias stands here. */
  readonly alias?: string;
}

export interface Sequence {
  readonly kind: "sequence";
  readonly items: readonly Tree[];
  readonly at: Position;
  readonly alias?: string;
}

export interface Mapping {
  readonly kind: "mapping";
  /** In the file's order. Keys differ from each other; a merge key (`<<`) is an entry like any other. */
  readonly entries: readonly Entry[];
  readonly at: Position;
  readonly alias?: string;
}

export interface Entry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: Tree;
}

export type YamlReading =
  | { readonly kind: "tree"; readonly root: Tree }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] }
  | { readonly kind: "too-big"; readonly reason: Reason };

/**
 * What we read at most. A forge takes bigger files, so being over a limit is our limit, never an error of the file.
 * The figures keep every accepted file below 250 ms of work (docs/benchmarks.md).
 */
export const limits = {
  /** UTF-8 bytes. */
  bytes: 128 * 1024,
  /** Lexical tokens, white space included: an ordinary file of 128 KiB has some 45,000. */
  tokens: 60_000,
  /** Collections inside each other. */
  depth: 100,
  /** Values, counted again for each alias that repeats them. */
  nodes: 60_000,
} as const;

/** More would only hide the first ones. */
const maxProblems = 20;

/**
 * Reads the first YAML document of a text; a byte order mark and any kind of line end are fine.
 * Work is linear in the text and ends at a limit, whatever the text holds.
 */
export function readYaml(file: string, text: string): YamlReading {
  if (isLonger(text, limits.bytes)) {
    return tooBig(file, "bytes", `is larger than ${limits.bytes / 1024} KiB`);
  }
  const clean = normalise(text);
  const control = findControl(clean);
  if (control) {
    return { kind: "invalid", problems: [{ file, at: control, text: "control characters are not allowed in YAML" }] };
  }
  const tokens = lex(clean);
  if (!tokens) return tooBig(file, "tokens", `holds more than ${limits.tokens} YAML tokens`);

  const lines = new LineCounter();
  const document = withoutStacks(() => compose(tokens, lines));
  if (document === "too-deep") return tooBig(file, "depth", `nests deeper than ${limits.depth} levels`);
  const at = (offset: number) => positionOf(lines, offset);
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, maxProblems);
    return { kind: "invalid", problems: problems.map(({ message, pos }) => ({ file, at: at(pos[0]), text: message })) };
  }
  return toTree(file, document, at);
}

/** Same offsets, but for the mark: a carriage return alone ends a line in YAML, which the lexer does not know. */
function normalise(text: string): string {
  const body = text.startsWith("\u{FEFF}") ? text.slice(1) : text;
  return body.replace(/\r(?!\n)/g, "\n");
}

function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  if (text.length * 3 <= bytes) return false;
  return new TextEncoder().encode(text).length > bytes;
}

/** The lexer uses some of them as marks of its own; YAML allows none. */
function findControl(text: string): Position | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
  const found = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u{FEFF}\u{FFFE}\u{FFFF}]/u.exec(text);
  if (!found) return undefined;
  const before = text.slice(0, found.index).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function lex(text: string): string[] | undefined {
  const tokens: string[] = [];
  for (const token of new Lexer().lex(text)) {
    if (tokens.length === limits.tokens) return undefined;
    tokens.push(token);
  }
  return tokens;
}

/** The library makes an error object of each problem; of 20,000 problems the stack traces alone took most of the time. */
function withoutStacks<T>(run: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** Only the first document: what follows it is neither composed nor judged. */
function compose(tokens: readonly string[], lines: LineCounter): Document.Parsed | "too-deep" {
  const parser = new Parser(lines.addNewLine);
  // Two equal keys are found below in linear time; the library compares each with each.
  const composer = new Composer({ uniqueKeys: false, resolveKnownTags: false, schema: "core" });
  lines.addNewLine(0);
  for (const token of tokens) {
    for (const part of parser.next(token)) {
      for (const document of composer.next(part)) return document;
    }
    if (parser.stack.length > limits.depth) return "too-deep";
  }
  for (const part of parser.end()) {
    for (const document of composer.next(part)) return document;
  }
  for (const document of composer.end(true, parser.offset)) return document;
  throw new Error("the YAML composer ended without a document");
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function tooBig(file: string, limit: keyof typeof limits, text: string): YamlReading {
  return {
    kind: "too-big",
    reason: { code: `too-many-${limit}`, text: `${file} ${text}: too big for us to decide`, file },
  };
}

/** What one walk over a document knows. */
interface Walk {
  readonly file: string;
  readonly at: (offset: number) => Position;
  readonly anchors: Map<string, { tree: Tree; size: number } | "open">;
  readonly problems: Problem[];
  /** Expanded size so far. */
  size: number;
}

function toTree(file: string, document: Document.Parsed, at: (offset: number) => Position): YamlReading {
  const walk: Walk = { file, at, anchors: new Map(), problems: [], size: 0 };
  const root = convert(walk, document.contents, 0);
  if (walk.size > limits.nodes) return tooBig(file, "nodes", `holds more than ${limits.nodes} values`);
  if (walk.problems.length > 0) return { kind: "invalid", problems: walk.problems.slice(0, maxProblems) };
  return { kind: "tree", root };
}

function convert(walk: Walk, node: Node | null, offset: number): Tree {
  if (isAlias(node)) return resolveAlias(walk, node.source, node.range?.[0] ?? offset);
  const before = walk.size;
  walk.size++;
  const anchor = node && "anchor" in node && typeof node.anchor === "string" ? node.anchor : undefined;
  if (anchor !== undefined) walk.anchors.set(anchor, "open");
  const tree = convertOwn(walk, node, offset);
  if (anchor !== undefined) walk.anchors.set(anchor, { tree, size: walk.size - before });
  return tree;
}

function convertOwn(walk: Walk, node: Node | null, offset: number): Tree {
  const at = walk.at(node?.range?.[0] ?? offset);
  if (isMap(node)) return convertMapping(walk, node, at);
  if (isSeq(node))
    return { kind: "sequence", items: node.items.map((item) => convert(walk, item as Node, offset)), at };
  if (!isScalar(node)) return { kind: "scalar", value: null, source: "", quoted: false, at };

  const quoted = node.type !== undefined && node.type !== "PLAIN";
  const value = node.value;
  const known = value === null || ["string", "number", "boolean"].includes(typeof value);
  const source = quoted && typeof value === "string" ? value : (node.source ?? "");
  return { kind: "scalar", value: known ? (value as Scalar["value"]) : source, source, quoted, at };
}

function convertMapping(walk: Walk, node: YAMLMap, at: Position): Mapping {
  const entries: Entry[] = [];
  const seen = new Map<string, Position>();
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const keyTree = convert(walk, pair.key, node.range?.[0] ?? 0);
    const value = convert(walk, pair.value, pair.key?.range?.[1] ?? 0);
    if (keyTree.kind !== "scalar") {
      walk.problems.push({ file: walk.file, at: keyTree.at, text: "a key has to be plain text" });
      continue;
    }
    const key = keyTree.source;
    const first = seen.get(key);
    if (first) {
      const text = `the key ${quote(key)} stands twice in one mapping; the first is in line ${first.line}`;
      walk.problems.push({ file: walk.file, at: keyTree.at, text });
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
