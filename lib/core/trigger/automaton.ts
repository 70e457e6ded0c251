import { hasChar, type Token } from "./pattern.ts";

/**
 * Does the part of a name from `start` to `end` fit a whole sequence of tokens?
 *
 * Place i stands before token i, the last place behind all of them. The places where one may be at the same time are
 * the bits of one number (of several, where there are many), and each character moves all of them at once. Nothing is
 * ever tried again, so the work is characters × numbers.
 */
export type Automaton = (name: string, start: number, end: number) => boolean;

/** @param newlines whether `**` passes a line end: it does on GitHub, not in Gitea */
export function compileAutomaton(tokens: readonly Token[], newlines = true): Automaton {
  return wordsFor(tokens.length) === 1 ? narrow(tokens, newlines) : wide(tokens, newlines);
}

/** How many numbers the places of so many tokens fill. */
export function wordsFor(tokens: number): number {
  return Math.ceil((tokens + 1) / wordBits);
}

/** So many that a carry out of the highest bit still fits. */
const wordBits = 30;
const wordMask = 2 ** wordBits - 1;
const slash = 47;
const newline = 10;

/** One number for all places: what nearly every pattern of a real workflow needs. */
function narrow(tokens: readonly Token[], newlines: boolean): Automaton {
  const { skip, any, segment, plus, dirs } = masksOf(tokens, 0);
  const last = 1 << tokens.length;
  const certain = newlines && tokens.at(-1)?.kind === "any" ? last >> 1 : 0;
  const { ascii, beyond } = rowsOf(tokens, 1);

  return (name, start, end) => {
    let at = close(1, skip);
    /** Directory prefixes that have begun: each ends at every slash. */
    let inside = 0;
    for (let i = start; i < end; ) {
      const char = name.codePointAt(i) ?? 0;
      i += char > 0xffff ? 2 : 1;
      const hit = at & ((char < 128 ? ascii[char] : beyond(char)[0]) as number);
      let next = (hit << 1) | (hit & plus);
      if (char === slash) next |= (at & any) | inside;
      else if (char !== newline || newlines) next |= at & (any | segment);
      else next |= at & segment;
      inside = char === newline && !newlines ? 0 : inside | (at & dirs);
      at = close(next, skip);
      if (at & certain) return true;
      if (at === 0 && inside === 0) return false;
    }
    return (at & last) !== 0;
  };
}

/** Adds the places behind tokens that may stand for nothing: a carry runs through a row of them in one addition. */
function close(at: number, skip: number): number {
  return at | ((skip + (at & skip)) ^ skip);
}

/** The same with several numbers; carries go from each to the next one. */
function wide(tokens: readonly Token[], newlines: boolean): Automaton {
  const words = wordsFor(tokens.length);
  const masks = Array.from({ length: words }, (_, word) => masksOf(tokens, word * wordBits));
  const { ascii, beyond } = rowsOf(tokens, words);
  const lastWord = Math.floor(tokens.length / wordBits);
  const last = 1 << (tokens.length % wordBits);

  return (name, start, end) => {
    let at = new Int32Array(words);
    let next = new Int32Array(words);
    const inside = new Int32Array(words);
    closeAll(at, masks, 1);
    for (let i = start; i < end; ) {
      const char = name.codePointAt(i) ?? 0;
      i += char > 0xffff ? 2 : 1;
      const hits = char < 128 ? ascii.subarray(char * words, (char + 1) * words) : beyond(char);
      const stops = char === newline && !newlines;
      let carry = 0;
      let alive = 0;
      for (let w = 0; w < words; w++) {
        const { any, segment, plus, dirs } = masks[w] as Masks;
        const here = at[w] as number;
        const begun = inside[w] as number;
        const hit = here & (hits[w] as number);
        const stay = stops ? segment : char === slash ? any : any | segment;
        const moved = (hit << 1) | (hit & plus) | (here & stay) | (char === slash ? begun : 0) | carry;
        carry = moved >>> wordBits;
        next[w] = moved & wordMask;
        inside[w] = stops ? 0 : begun | (here & dirs);
        alive |= (next[w] as number) | (inside[w] as number) | carry;
      }
      if (alive === 0) return false;
      closeAll(next, masks, 0);
      [at, next] = [next, at];
    }
    return ((at[lastWord] as number) & last) !== 0;
  };
}

function closeAll(at: Int32Array, masks: readonly Masks[], first: number): void {
  let carry = first;
  for (let w = 0; w < masks.length; w++) {
    const { skip } = masks[w] as Masks;
    const closed = close((at[w] as number) | carry, skip);
    carry = closed >>> wordBits;
    at[w] = closed & wordMask;
  }
}

/** Which places of one number have which kind of token behind them. */
interface Masks {
  /** May stand for nothing. */
  skip: number;
  any: number;
  segment: number;
  dirs: number;
  /** May be repeated. */
  plus: number;
}

function masksOf(tokens: readonly Token[], from: number): Masks {
  const masks: Masks = { skip: 0, any: 0, segment: 0, dirs: 0, plus: 0 };
  for (const [i, token] of tokens.slice(from, from + wordBits).entries()) {
    const bit = 1 << i;
    if (token.kind === "char" || token.kind === "class") {
      if (token.repeat === "?") masks.skip |= bit;
      if (token.repeat === "+") masks.plus |= bit;
      continue;
    }
    masks.skip |= bit;
    masks[token.kind] |= bit;
  }
  return masks;
}

/** For each character the places whose token it fits: one row of numbers, in one table for ASCII. */
interface Rows {
  readonly ascii: Int32Array;
  readonly beyond: (char: number) => Int32Array;
}

function rowsOf(tokens: readonly Token[], words: number): Rows {
  const rowFor = (char: number): Int32Array => {
    const row = new Int32Array(words);
    for (const [i, token] of tokens.entries()) {
      const fits = token.kind === "char" ? token.code === char : token.kind === "class" && hasChar(token.set, char);
      if (fits) row[Math.floor(i / wordBits)] = (row[Math.floor(i / wordBits)] as number) | (1 << (i % wordBits));
    }
    return row;
  };
  const ascii = new Int32Array(128 * words);
  const named = new Map<number, Int32Array>();
  const classes = tokens.some((token) => token.kind === "class");
  for (const char of namedChars(tokens)) {
    if (char < 128) ascii.set(rowFor(char), char * words);
    else named.set(char, rowFor(char));
  }
  const none = new Int32Array(words);
  return { ascii, beyond: (char) => named.get(char) ?? (classes ? rowFor(char) : none) };
}

/** Characters that the pattern treats unlike others: those it names, and all of ASCII where it has a class. */
function namedChars(tokens: readonly Token[]): Set<number> {
  const chars = new Set<number>();
  for (const token of tokens) {
    if (token.kind === "char") chars.add(token.code);
    if (token.kind === "class") for (let char = 0; char < 128; char++) chars.add(char);
  }
  return chars;
}
