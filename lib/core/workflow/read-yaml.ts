import { Composer, type Document, Lexer, LineCounter, Parser } from "yaml";
import type { Position } from "../errors.ts";
import { maxProblems, toTree } from "./yaml-convert.ts";
import { limits, type YamlReading } from "./yaml-tree.ts";

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
  const converted = toTree(file, document, at);
  if (converted.kind !== "too-many") return converted;
  return tooBig(file, "nodes", `holds more than ${limits.nodes} values`);
}

/** The same, where a key that stands twice in one mapping is a problem, wherever that is. */
export function readUniqueYaml(file: string, text: string): YamlReading {
  const reading = readYaml(file, text);
  if (reading.kind !== "tree" || reading.duplicates.length === 0) return reading;
  return { kind: "invalid", problems: reading.duplicates.slice(0, maxProblems).map(({ problem }) => problem) };
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
