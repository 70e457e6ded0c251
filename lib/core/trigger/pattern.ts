/**
 * A filter pattern, taken apart: what the readers of the three pattern languages make and the matcher takes.
 */

/** One element of a pattern; the whole name has to match the whole sequence. */
export type Token =
  | { readonly kind: "char"; readonly code: number; readonly repeat?: Repeat }
  | { readonly kind: "class"; readonly set: CharSet; readonly repeat?: Repeat }
  /** `*`: any characters but a slash. */
  | { readonly kind: "segment" }
  /** `**`: any characters. */
  | { readonly kind: "any" }
  /** A leading `**` with its slash: nothing, or at least one character and a slash. */
  | { readonly kind: "dirs" };

/** At most once, or at least once. */
export type Repeat = "?" | "+";

export interface CharSet {
  readonly ranges: readonly (readonly [low: number, high: number])[];
  readonly negated: boolean;
}

export type PatternReading =
  | {
      readonly kind: "pattern";
      /** Starts with `!`. */
      readonly negative: boolean;
      /** One sequence, or several where `{a,b}` stands for alternatives. */
      readonly sequences: readonly (readonly Token[])[];
    }
  /** The forge cannot read it; `text` says why. */
  | { readonly kind: "invalid"; readonly text: string }
  /** Nobody has written down what the forge makes of it. */
  | { readonly kind: "unsettled"; readonly text: string };

export function code(char: string): number {
  return char.codePointAt(0) ?? 0;
}

export function hasChar(set: CharSet, char: number): boolean {
  return set.ranges.some(([low, high]) => low <= char && char <= high) !== set.negated;
}

/** Puts `?` or `+` on the last element; false where there is none that can take it. */
export function repeatLast(tokens: Token[], repeat: Repeat): boolean {
  const last = tokens.at(-1);
  if (!last || (last.kind !== "char" && last.kind !== "class") || last.repeat) return false;
  tokens[tokens.length - 1] = { ...last, repeat };
  return true;
}
