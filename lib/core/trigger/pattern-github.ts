import { quote } from "../quote.ts";
import { code, type PatternReading, type Repeat, repeatLast, type Token } from "./pattern.ts";

/**
 * GitHub's pattern language, as far as it is documented.
 *
 * GitHub's own matcher is closed. What its documents leave open is `unsettled`, and a decision that hangs on it is left
 * to the forge; what is known to be refused is `invalid`, and so is the whole file.
 *
 * @source GitHub Actions, "Filter pattern cheat sheet"; refused patterns as collected by actionlint's author
 */
export function readGithubPattern(text: string): PatternReading {
  const negative = text.startsWith("!");
  const chars = Array.from(negative ? text.slice(1) : text);
  if (chars.length === 0) return invalid(negative ? "`!` alone excludes nothing" : "a pattern cannot be empty");

  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; ) {
    const step = readToken(chars, at, tokens);
    if (typeof step !== "number") return step;
    at = step;
  }
  return { kind: "pattern", negative, sequences: [tokens] };
}

type Refusal = Exclude<PatternReading, { kind: "pattern" }>;

/** Adds what stands at `at` and tells where the next element starts. */
function readToken(chars: readonly string[], at: number, tokens: Token[]): number | Refusal {
  const char = chars[at] ?? "";
  if (char === "*") return readStar(chars, at, tokens);
  if (char === "?" || char === "+") return readRepeat(char, at, tokens);
  if (char === "[") return readClass(chars, at, tokens);
  if (char === "\\") return readEscape(chars[at + 1], at, tokens);
  tokens.push({ kind: "char", code: code(char) });
  return at + 1;
}

function readStar(chars: readonly string[], at: number, tokens: Token[]): number {
  if (chars[at + 1] !== "*") {
    tokens.push({ kind: "segment" });
    return at + 1;
  }
  if (chars[at + 2] !== "/") {
    tokens.push({ kind: "any" });
    return at + 2;
  }
  tokens.push({ kind: "dirs" });
  return at + 3;
}

function readRepeat(repeat: Repeat, at: number, tokens: Token[]): number | Refusal {
  if (repeatLast(tokens, repeat)) return at + 1;
  const before = tokens.at(-1);
  if (!before) return invalid(`\`${repeat}\` repeats what stands before it, and nothing does`);
  if (before.kind === "dirs") return unsettled(`\`${repeat}\` after \`**/\` is not documented`);
  return invalid(`\`${repeat}\` cannot follow \`*\`, \`?\` or \`+\``);
}

const special = "*?+[!\\";

function readEscape(next: string | undefined, at: number, tokens: Token[]): number | Refusal {
  if (next === undefined || !special.includes(next)) {
    return unsettled("what `\\` means before an ordinary character is not documented");
  }
  tokens.push({ kind: "char", code: code(next) });
  return at + 2;
}

function readClass(chars: readonly string[], at: number, tokens: Token[]): number | Refusal {
  const end = chars.indexOf("]", at + 1);
  if (end === -1) return invalid("`[` is never closed");
  if (end === at + 1) return invalid("`[]` is empty");

  const ranges: [number, number][] = [];
  for (let i = at + 1; i < end; i++) {
    const low = chars[i] ?? "";
    if (!kindOf(low)) return undocumented(low);
    if (chars[i + 1] !== "-") {
      ranges.push([code(low), code(low)]);
      continue;
    }
    const high = chars[i + 2] ?? "";
    if (i + 2 >= end) return invalid(`the range ${quote(`${low}-`)} has no end`);
    if (code(low) > code(high)) return invalid(`the range ${quote(`${low}-${high}`)} runs backwards`);
    if (kindOf(low) !== kindOf(high)) return undocumented(`${low}-${high}`);
    ranges.push([code(low), code(high)]);
    i += 2;
  }
  tokens.push({ kind: "class", set: { ranges, negated: false } });
  return end + 1;
}

/** Which of the three documented kinds of class members this is. */
function kindOf(char: string): "digit" | "lower" | "upper" | undefined {
  if (char >= "0" && char <= "9") return "digit";
  if (char >= "a" && char <= "z") return "lower";
  if (char >= "A" && char <= "Z") return "upper";
  return undefined;
}

function undocumented(member: string): Refusal {
  return unsettled(`${quote(member)} in brackets is not documented: only a-z, A-Z and 0-9 are`);
}

function invalid(text: string): Refusal {
  return { kind: "invalid", text };
}

function unsettled(text: string): Refusal {
  return { kind: "unsettled", text };
}
