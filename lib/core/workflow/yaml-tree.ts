import type { Position, Problem } from "../errors.ts";
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
  /** Name by which aliases repeat this. */
  readonly anchor?: string;
}

export interface Sequence {
  readonly kind: "sequence";
  readonly items: readonly Tree[];
  readonly at: Position;
  readonly alias?: string;
  readonly anchor?: string;
}

export interface Mapping {
  readonly kind: "mapping";
  /** In the file's order. A key may stand twice (see Duplicate); a merge key (`<<`) is an entry like any other. */
  readonly entries: readonly Entry[];
  readonly at: Position;
  readonly alias?: string;
  readonly anchor?: string;
}

export interface Entry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: Tree;
}

/** A key that stands in one mapping twice. Each forge looks for them in other parts of a file. */
export interface Duplicate {
  readonly problem: Problem;
  /** Keys and indexes that lead to the mapping: `jobs`, `test`, `env`. */
  readonly path: readonly string[];
}

export type YamlReading =
  | { readonly kind: "tree"; readonly root: Tree; readonly duplicates: readonly Duplicate[] }
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
