import { type Dialect, giteaFrom } from "../dialect.ts";
import type { Position } from "../errors.ts";
import { compileMatcher, type Matcher, type Work } from "./matcher.ts";
import type { PatternReading } from "./pattern.ts";
import { readGiteaPattern } from "./pattern-gitea.ts";
import { readGiteaGlob } from "./pattern-gitea-glob.ts";
import { readGithubPattern } from "./pattern-github.ts";

/** A pattern as it stands in a file. */
export interface PatternText {
  readonly text: string;
  readonly at: Position;
}

/** Ready to match. */
export interface Pattern extends PatternText {
  readonly negative: boolean;
  readonly matches: Matcher;
  /** For names with a line end in them. */
  readonly matchesLines: Matcher;
}

/** A pattern that cannot be used: the forge refuses it, or nobody knows what the forge makes of it. */
export interface RefusedPattern extends PatternText {
  readonly kind: "invalid" | "unsettled";
  readonly why: string;
}

export interface PatternList {
  readonly patterns: readonly Pattern[];
  readonly refused: readonly RefusedPattern[];
}

/** Reads patterns in their forge's language; what each forge does about refused ones is its trigger rule's business. */
export function readPatterns(dialect: Dialect, texts: readonly PatternText[]): PatternList {
  const patterns: Pattern[] = [];
  const refused: RefusedPattern[] = [];
  for (const { text, at } of texts) {
    const reading = readPattern(dialect, text);
    if (reading.kind !== "pattern") refused.push({ text, at, kind: reading.kind, why: reading.text });
    else patterns.push({ text, at, negative: reading.negative, ...matchersOf(dialect, reading) });
  }
  return { patterns, refused };
}

function readPattern(dialect: Dialect, text: string): PatternReading {
  if (dialect.forge === "github") return readGithubPattern(text);
  return giteaFrom(dialect, 1, 27) ? readGiteaGlob(text) : readGiteaPattern(text);
}

type Matchers = Pick<Pattern, "matches" | "matchesLines">;

function matchersOf(dialect: Dialect, { sequences }: Extract<PatternReading, { kind: "pattern" }>): Matchers {
  const matches = oneOf(sequences.map((tokens) => compileMatcher(tokens)));
  if (dialect.forge === "github") return { matches, matchesLines: matches };
  // Go's `.` stops at a line end; names with one are so rare that this matcher is made when the first one comes.
  let exact: Matcher | undefined;
  const matchesLines: Matcher = (name, work) => {
    exact ??= oneOf(sequences.map((tokens) => compileMatcher(tokens, false)));
    return exact(name, work);
  };
  return { matches, matchesLines };
}

function oneOf(matchers: readonly Matcher[]): Matcher {
  const [only] = matchers;
  if (only && matchers.length === 1) return only;
  return (name, work) => matchers.some((matches) => matches(name, work));
}

function fitting(name: string): keyof Matchers {
  return name.includes("\n") ? "matchesLines" : "matches";
}

export type Inclusion =
  | { readonly kind: "included"; readonly name: string; readonly by: Pattern }
  /** `by`: the negative pattern that threw out the first name which some other pattern had let in. */
  | { readonly kind: "none"; readonly excluded?: { readonly name: string; readonly by: Pattern } }
  | { readonly kind: "too-much" };

/** The first name that an include list lets in: for each name the last pattern that fits it decides. */
export function findIncluded(patterns: readonly Pattern[], names: readonly string[], work: Work): Inclusion {
  let excluded: { name: string; by: Pattern } | undefined;
  for (const name of names) {
    const fits = fitting(name);
    // rule last-match-decides [findLast → find]: of an include list
    const by = patterns.findLast((pattern) => work.steps >= 0 && pattern[fits](name, work));
    if (work.steps < 0) return { kind: "too-much" };
    if (by && !by.negative) return { kind: "included", name, by };
    if (by) excluded ??= { name, by };
  }
  return { kind: "none", ...(excluded && { excluded }) };
}

export type Ignoring =
  /** At least this name is not ignored. */
  | { readonly kind: "kept"; readonly name: string }
  /** `by`: the patterns that ignored the names, each once, in the order of their first use. */
  | { readonly kind: "all-ignored"; readonly by: readonly Pattern[] }
  | { readonly kind: "too-much" };

/** The first name that an ignore list keeps: a `!` pattern ignores whatever it does not fit, and the order is nothing. */
export function findKept(patterns: readonly Pattern[], names: readonly string[], work: Work): Ignoring {
  const used = new Set<Pattern>();
  for (const name of names) {
    const fits = fitting(name);
    const by = patterns.find((pattern) => work.steps >= 0 && pattern[fits](name, work) !== pattern.negative);
    if (work.steps < 0) return { kind: "too-much" };
    if (!by) return { kind: "kept", name };
    used.add(by);
  }
  return { kind: "all-ignored", by: [...used] };
}
