import { quote } from "../quote.ts";
import { type CharSet, code, type PatternReading, type Token } from "./pattern.ts";
import { readMembers, readRepeats } from "./pattern-go.ts";

/**
 * The pattern language of Gitea before 1.27.
 *
 * @source nektos/act, pkg/workflowpattern, which Gitea uses up to 1.26
 */
export function readGiteaPattern(text: string): PatternReading {
  const negative = text.startsWith("!");
  const chars = Array.from(negative ? text.slice(1) : text);
  const tokens: Token[] = [];
  let at = 0;
  while (at < chars.length) {
    const step = readToken(chars, at, tokens);
    if (typeof step !== "number") return step;
    const next = readRepeats(chars, step, tokens);
    if (next === undefined) return invalid("`?` or `+` cannot follow another repetition");
    at = next;
  }
  return { kind: "pattern", negative, sequences: [tokens] };
}

type Refusal = Exclude<PatternReading, { kind: "pattern" }>;

/** Adds the element at `at` and tells where it ends. A `?` or `+` that comes here is the pattern's first character: text. */
function readToken(chars: readonly string[], at: number, tokens: Token[]): number | Refusal {
  const char = chars[at] ?? "";
  const next = chars[at + 1];
  if (char === "*") {
    const kind = next !== "*" ? "segment" : chars[at + 2] === "/" ? "dirs" : "any";
    tokens.push({ kind });
    return at + { segment: 1, any: 2, dirs: 3 }[kind];
  }
  if (char === "[") return readClass(chars, at, tokens);
  if (char === "\\") {
    if (next === undefined) return invalid("`\\` has to be followed by a character");
    tokens.push({ kind: "char", code: code(next) });
    return at + 2;
  }
  tokens.push({ kind: "char", code: code(char) });
  return at + 1;
}

/** Members are checked first, then handed to Go: `[a-c-e]` is a to c, the dash and e. */
function readClass(chars: readonly string[], at: number, tokens: Token[]): number | Refusal {
  if (chars[at + 1] === "]") return invalid("`[]` is empty");
  const end = chars.indexOf("]", at + 1);
  if (end === -1) return invalid("`[` is never closed");
  const members = chars.slice(at + 1, end);
  for (let i = 0; i < members.length; i++) {
    const member = members[i] ?? "";
    if (member !== "-") {
      if (!isMember(member)) return invalid(`${quote(member)} in brackets: only a-z, A-Z and 0-9 are allowed`);
      continue;
    }
    const low = members[i - 1] ?? "";
    const high = chars[at + 2 + i] ?? "";
    if (!isRange(low, high)) return invalid(`the range ${quote(`${low}-${high}`)} is none of a-z, A-Z, A-z and 0-9`);
    // Go then sees an escape where nobody wrote one, or a class that ends later.
    if (high === "\\" || high === "]")
      return { kind: "unsettled", text: "a range up to `\\` or `]` means no one thing" };
    i++;
  }
  const ranges = readMembers(members);
  if (!ranges) return invalid("a range runs backwards");
  const set: CharSet = { ranges, negated: false };
  tokens.push({ kind: "class", set });
  return end + 1;
}

/** By bytes, so that `[ \ ] ^ _` and the backtick lie between A and z. */
function isMember(char: string): boolean {
  return (char >= "A" && char <= "z") || (char >= "0" && char <= "9");
}

function isRange(low: string, high: string): boolean {
  const within = (first: string, last: string) => low >= first && high >= first && low <= last && high <= last;
  return low <= high && (within("A", "z") || within("0", "9"));
}

function invalid(text: string): Refusal {
  return { kind: "invalid", text };
}
