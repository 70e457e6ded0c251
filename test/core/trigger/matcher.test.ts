import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { compileAutomaton } from "../../../lib/core/trigger/automaton.ts";
import { compileMatcher } from "../../../lib/core/trigger/matcher.ts";
import { code, type Repeat, type Token } from "../../../lib/core/trigger/pattern.ts";
import { fitsSlowly } from "./filter-oracle.ts";

/** Pairs in one run of the suite; `PAIRS=1000000` for the recorded one (docs/benchmarks.md). */
const pairs = Number(process.env.PAIRS ?? 5_000);

const alphabet = ["a", "b", "/", "é", "😀", "\n"];
const repeat = fc.option(fc.constantFrom<Repeat>("?", "+"), { nil: undefined });
const char = fc.record({ code: fc.constantFrom(...alphabet).map(code), repeat });
const set = fc.record({
  ranges: fc.uniqueArray(fc.constantFrom(...alphabet).map(code), { minLength: 1, maxLength: 2 }),
  negated: fc.boolean(),
});
const token: fc.Arbitrary<Token> = fc.oneof(
  {
    weight: 4,
    arbitrary: char.map(({ code, repeat }) => ({ kind: "char" as const, code, ...(repeat && { repeat }) })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(set, repeat).map(([{ ranges, negated }, repeat]) => ({
      kind: "class" as const,
      set: { ranges: ranges.map((one) => [one, one] as const), negated },
      ...(repeat && { repeat }),
    })),
  },
  { weight: 3, arbitrary: fc.constantFrom<Token>({ kind: "segment" }, { kind: "any" }, { kind: "dirs" }) },
);
const short = fc.array(token, { maxLength: 9 });
/** More places than one number has bits. */
const long = fc.array(token, { minLength: 28, maxLength: 70 });
const name = fc.array(fc.constantFrom(...alphabet), { maxLength: 12 }).map((chars) => chars.join(""));
/** One that the tokens may fit: what each of them could stand for. */
const nameFor = (tokens: readonly Token[]) =>
  fc
    .tuple(...tokens.map((found) => (found.kind === "char" ? fc.constant(String.fromCodePoint(found.code)) : name)))
    .map((parts) => parts.join(""));
const pair = (tokens: fc.Arbitrary<Token[]>) =>
  tokens.chain((found) => fc.tuple(fc.constant(found), fc.oneof(name, nameFor(found))));

const work = () => ({ steps: Number.MAX_SAFE_INTEGER });

describe("the matcher against one that tries every way", () => {
  it("agrees on random patterns and names", () => {
    fc.assert(
      fc.property(pair(short), ([tokens, text]) => compileMatcher(tokens)(text, work()) === fitsSlowly(tokens, text)),
      { numRuns: pairs },
    );
  });

  it("agrees where the places fill several numbers", () => {
    fc.assert(
      fc.property(pair(long), ([tokens, text]) => {
        return compileAutomaton(tokens)(text, 0, text.length) === fitsSlowly(tokens, text);
      }),
      { numRuns: Math.ceil(pairs / 10) },
    );
  });

  it("matches any part of a name as if it were the whole", () => {
    fc.assert(
      fc.property(pair(short), name, name, ([tokens, text], before, after) => {
        const fits = compileAutomaton(tokens);
        const whole = before + text + after;
        return fits(whole, before.length, before.length + text.length) === fits(text, 0, text.length);
      }),
      { numRuns: Math.ceil(pairs / 10) },
    );
  });
});

describe("the work of the matcher", () => {
  it.each([
    { pattern: "**a**a**a**b", name: "a".repeat(4000) },
    { pattern: "**a**a**a**a**a**a**a**b", name: "a".repeat(4000) },
    { pattern: "**/**/**/**/**/x", name: "a/".repeat(2000) },
    { pattern: "*a*a*a*a*b", name: "a".repeat(4000) },
  ])("is bounded by pattern × name for $pattern", ({ pattern, name: text }) => {
    const tokens: Token[] = (pattern.match(/\*\*\/|\*\*|\*|./g) ?? []).map((part) => {
      if (part === "**/") return { kind: "dirs" };
      if (part === "**") return { kind: "any" };
      return part === "*" ? { kind: "segment" } : { kind: "char", code: code(part) };
    });
    const left = work();
    expect(compileMatcher(tokens)(text, left)).toBe(false);
    expect(Number.MAX_SAFE_INTEGER - left.steps).toBeLessThan(10 * text.length);
  });
});
