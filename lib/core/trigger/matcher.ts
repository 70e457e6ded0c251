import { compileAutomaton, wordsFor } from "./automaton.ts";
import type { Token } from "./pattern.ts";

/**
 * Does a whole name fit a pattern? In time linear in pattern × name, whatever both hold.
 *
 * Nearly every pattern begins or ends with plain text, which refuses nearly every name at once, and what lies between is
 * mostly one wildcard. Only the rest needs an automaton.
 */
export type Matcher = (name: string, work: Work) => boolean;

/** What may still be done, in steps of about a nanosecond. Below zero somebody has to stop and say so. */
export interface Work {
  steps: number;
}

/** @param newlines whether `**` passes a line end in a name */
export function compileMatcher(tokens: readonly Token[], newlines = true): Matcher {
  const simple = newlines ? simplify(tokens) : tokens;
  const from = simple.findIndex((token) => !isText(token));
  if (from === -1) return exactly(textOf(simple));
  const to = simple.findLastIndex((token) => !isText(token)) + 1;
  return between(textOf(simple.slice(0, from)), simple.slice(from, to), textOf(simple.slice(to)), newlines);
}

/** Wildcards that another one swallows are dropped: what is left is the same language with fewer places to be at. */
function simplify(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (const token of tokens) {
    const last = out.at(-1)?.kind;
    if (last === "any" && token.kind !== "char" && token.kind !== "class") continue;
    if (last === token.kind && (last === "dirs" || last === "segment")) continue;
    if (token.kind === "any" && (last === "dirs" || last === "segment")) {
      while (out.at(-1)?.kind === "dirs" || out.at(-1)?.kind === "segment") out.pop();
      if (out.at(-1)?.kind === "any") continue;
    }
    out.push(token);
  }
  return out;
}

function isText(token: Token): token is Extract<Token, { kind: "char" }> {
  return token.kind === "char" && token.repeat === undefined;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.kind === "char" ? String.fromCodePoint(token.code) : "")).join("");
}

function exactly(text: string): Matcher {
  return (name, work) => {
    work.steps -= stepsPerCall;
    return name === text;
  };
}

/** Measured: a call that a first look ends, and one character through one number of an automaton. */
const stepsPerCall = 15;
const stepsPerWord = 5;

/** Plain text, then something else, then plain text. */
function between(prefix: string, middle: readonly Token[], suffix: string, newlines: boolean): Matcher {
  let fits = newlines ? shortcut(middle) : undefined;
  const fixed = prefix.length + suffix.length;
  const stepsPerChar = fits ? 1 : wordsFor(middle.length) * stepsPerWord;
  return (name, work) => {
    work.steps -= stepsPerCall;
    if (name.length < fixed || !name.startsWith(prefix) || !name.endsWith(suffix)) return false;
    work.steps -= name.length * stepsPerChar;
    // Most automata are never needed: the texts around them refuse all names.
    fits ??= compileAutomaton(middle, newlines);
    return fits(name, prefix.length, name.length - suffix.length);
  };
}

type Between = (name: string, start: number, end: number) => boolean;

/** The wildcards that make up nearly all middles, done with the engine's own text search. */
function shortcut(middle: readonly Token[]): Between | undefined {
  const kinds = middle.map((token) => (isText(token) ? "text" : token.kind)).join(" ");
  if (kinds === "any") return () => true;
  if (kinds === "segment") return hasNoSlash;
  if (kinds === "dirs") return isDirectories;
  if (kinds === "dirs segment") return isDirectoriesThenSegment;
  if (/^dirs( text)+ any$/.test(kinds)) return holdsDirectory(textOf(middle));
  return undefined;
}

function hasNoSlash(name: string, start: number, end: number): boolean {
  const slash = name.indexOf("/", start);
  // rule star-stops-at-slash: one star never crosses one
  return slash === -1 || slash >= end;
}

/** Nothing, or at least one character and a slash behind it. */
function isDirectories(name: string, start: number, end: number): boolean {
  return start === end || (end - start >= 2 && name[end - 1] === "/");
}

function isDirectoriesThenSegment(name: string, start: number, end: number): boolean {
  if (start === end) return true;
  const slash = name.lastIndexOf("/", end - 1);
  // rule folders-have-names: what stands before the slash is at least one character
  return slash !== start;
}

/** `**` and `/`, a text, and `**` behind it: the text stands at the start or somewhere behind a slash. */
function holdsDirectory(text: string): Between {
  const later = `/${text}`;
  return (name, start, end) => {
    if (end - start >= text.length && name.startsWith(text, start)) return true;
    const found = name.indexOf(later, start + 1);
    return found !== -1 && found + later.length <= end;
  };
}
