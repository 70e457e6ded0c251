import { quote } from "../quote.ts";
import { type CharSet, code, type PatternReading, type Token } from "./pattern.ts";
import { isRepeat, readMembers, readRepeats } from "./pattern-go.ts";

/** More alternatives in one pattern are not expanded. */
const maxAlternatives = 64;

/**
 * The pattern language of Gitea from 1.27 on: `{a,b}` and `[!a]` are new, and a leading directory wildcard no longer
 * stops at a slash (with it `readme` fits `**` + `/readme` and so does `my-readme`).
 *
 * What only the regular expression beneath would explain (`\d`, a quantifier behind a group) is left unsettled.
 *
 * @source Gitea 1.27, modules/glob
 */
export function readGiteaGlob(text: string): PatternReading {
  const chars = Array.from(text);
  const negative = chars[0] === "!";
  const reader: Reader = { chars, at: negative ? 1 : 0 };
  const read = readAlternatives(reader, false);
  return Array.isArray(read) ? { kind: "pattern", negative, sequences: read } : read;
}

interface Reader {
  readonly chars: readonly string[];
  at: number;
}

type Refusal = Exclude<PatternReading, { kind: "pattern" }>;
type Sequences = Token[][];

/** Reads up to the end, or inside a group up to its `}`; each comma of a group starts another alternative. */
function readAlternatives(reader: Reader, inGroup: boolean): Sequences | Refusal {
  const done: Sequences = [];
  let open: Sequences = [[]];
  while (reader.at < reader.chars.length) {
    const char = reader.chars[reader.at] ?? "";
    if (inGroup && char === "}") {
      reader.at++;
      return [...done, ...open];
    }
    if (inGroup && char === ",") {
      reader.at++;
      done.push(...open);
      open = [[]];
      continue;
    }
    const next = char === "{" ? readGroup(reader, open) : readElement(reader, open);
    if (!Array.isArray(next)) return next;
    if (done.length + next.length > maxAlternatives) return unsettled(`more than ${maxAlternatives} alternatives`);
    open = next;
  }
  return inGroup ? { kind: "invalid", text: "`{` is never closed" } : open;
}

function readGroup(reader: Reader, open: Sequences): Sequences | Refusal {
  reader.at++;
  const inner = readAlternatives(reader, true);
  if (!Array.isArray(inner)) return inner;
  if (isRepeat(reader.chars[reader.at])) return unsettled("`?` or `+` behind `{...}` is not documented");
  if (open.length * inner.length > maxAlternatives) return unsettled(`more than ${maxAlternatives} alternatives`);
  return open.flatMap((before) => inner.map((after) => [...before, ...after]));
}

function readElement(reader: Reader, open: Sequences): Sequences | Refusal {
  if (isRepeat(reader.chars[reader.at])) return unsettled("`?` or `+` without anything before it is not documented");
  const element: Token[] = [];
  const refusal = readToken(reader, element);
  if (refusal) return refusal;
  const next = readRepeats(reader.chars, reader.at, element);
  if (next === undefined) return { kind: "invalid", text: "`?` or `+` cannot follow another repetition" };
  reader.at = next;
  return open.map((sequence) => [...sequence, ...element]);
}

function readToken(reader: Reader, element: Token[]): Refusal | undefined {
  const { chars, at } = reader;
  const char = chars[at] ?? "";
  if (char === "*") return readStar(reader, element);
  if (char === "[") return readClass(reader, element);
  if (char === "\\") return readEscape(reader, element);
  reader.at++;
  element.push({ kind: "char", code: code(char) });
  return undefined;
}

function readStar(reader: Reader, element: Token[]): undefined {
  const { chars, at } = reader;
  if (chars[at + 1] !== "*") {
    reader.at++;
    element.push({ kind: "segment" });
    return;
  }
  // At the very start (before a `!`, not behind it) or behind a slash, a slash that follows belongs to the wildcard.
  const takesSlash = chars[at + 2] === "/" && (at === 0 || chars[at - 1] === "/");
  reader.at += takesSlash ? 3 : 2;
  element.push({ kind: "any" });
}

function readEscape(reader: Reader, element: Token[]): Refusal | undefined {
  const next = reader.chars[reader.at + 1];
  if (next === undefined) return { kind: "invalid", text: "`\\` has to be followed by a character" };
  if (/^[A-Za-z0-9]$/.test(next))
    return unsettled(`${quote(`\\${next}`)} means what Go's regular expressions make of it`);
  if (code(next) >= 0x80) return { kind: "invalid", text: `${quote(`\\${next}`)} is no escape` };
  reader.at += 2;
  element.push({ kind: "char", code: code(next) });
  return undefined;
}

function readClass(reader: Reader, element: Token[]): Refusal | undefined {
  const end = reader.chars.indexOf("]", reader.at + 1);
  if (end === -1) return { kind: "invalid", text: "`[` is never closed" };
  let members = reader.chars.slice(reader.at + 1, end);
  const negated = members[0] === "!" || members[0] === "^";
  if (negated) members = members.slice(1);
  if (members.length === 0 || members.some((member) => member === "[" || member === "\\")) {
    return unsettled("an empty class, or `[` or `\\` in one, means what Go's regular expressions make of it");
  }
  const ranges = readMembers(members);
  if (!ranges) return { kind: "invalid", text: "a range in brackets runs backwards" };
  const set: CharSet = { ranges, negated };
  element.push({ kind: "class", set });
  reader.at = end + 1;
  return undefined;
}

function unsettled(text: string): Refusal {
  return { kind: "unsettled", text };
}
