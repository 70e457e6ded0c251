import { describe, expect, it } from "@jest/globals";
import { readUniqueYaml, readYaml } from "../../../lib/core/workflow/read-yaml.ts";
import { limits, type Tree } from "../../../lib/core/workflow/yaml-tree.ts";

/** A tree as the plain value that it stands for. */
function plain(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "sequence") return tree.items.map(plain);
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]));
}

function read(text: string): unknown {
  const reading = readYaml("f.yml", text);
  return reading.kind === "tree" ? plain(reading.root) : reading;
}

function problemsOf(text: string): string[] {
  const reading = readUniqueYaml("f.yml", text);
  if (reading.kind !== "invalid") throw new Error(`expected an invalid file, got ${reading.kind}`);
  return reading.problems.map(({ at, text }) => `${at?.line}:${at?.column} ${text}`);
}

describe("what a document says", () => {
  it.each([
    { text: "", then: null, because: "an empty file is a null" },
    { text: "on: push", then: { on: "push" }, because: "`on` is text, not a boolean" },
    { text: "a: yes\nb: off", then: { a: "yes", b: "off" }, because: "YAML 1.1's booleans are text" },
    { text: "%YAML 1.1\n---\na: yes", then: { a: "yes" }, because: "even where the file says 1.1" },
    { text: "a: 3.10", then: { a: 3.1 }, because: "numbers are numbers" },
    { text: '\u{FEFF}a: 1\r\nb: "x"\r\n', then: { a: 1, b: "x" }, because: "a byte order mark and CRLF are fine" },
    { text: "a: 1\rb: 2", then: { a: 1, b: 2 }, because: "a carriage return alone ends a line" },
    { text: "a: 1\n---\nb: [", then: { a: 1 }, because: "only the first document counts" },
    { text: "a: &x [1]\nb: *x", then: { a: [1], b: [1] }, because: "an alias stands for its anchor's value" },
    { text: "a: !mine x", then: { a: "x" }, because: "unknown tags are ignored" },
  ])("$text: $because", ({ text, then }) => {
    expect(read(text)).toEqual(then);
  });

  it("keeps a number's own spelling", () => {
    const reading = readYaml("f.yml", "1.50");
    expect(reading).toMatchObject({ kind: "tree", root: { value: 1.5, source: "1.50", quoted: false } });
  });

  it("places keys, values and aliases by line and column from 1", () => {
    const reading = readYaml("f.yml", "a:\n  - &x b\n  - *x\n");
    expect(reading).toMatchObject({
      root: {
        entries: [
          {
            keyAt: { line: 1, column: 1 },
            value: {
              at: { line: 2, column: 3 },
              items: [{ at: { line: 2, column: 8 } }, { at: { line: 3, column: 5 }, alias: "x" }],
            },
          },
        ],
      },
    });
  });
});

describe("what is wrong with a document", () => {
  it("keeps duplicate keys apart from other problems, each with the way to its mapping", () => {
    const reading = readYaml("f.yml", "a: 1\na: 2\nb:\n  - c: { d: 1, d: 2 }\n");
    if (reading.kind !== "tree") throw new Error("expected a tree");
    expect(reading.duplicates.map(({ path, problem }) => [path.join("."), problem.at?.line])).toEqual([
      ["", 2],
      ["b.0.c", 4],
    ]);
  });

  it("names every duplicate key with both its lines", () => {
    expect(problemsOf("a: 1\nb: {c: 1, c: 2}\na: 3\n")).toEqual([
      '2:11 the key "c" stands twice in one mapping; the first is in line 2',
      '3:1 the key "a" stands twice in one mapping; the first is in line 1',
    ]);
  });

  it.each([
    { text: "a: [1", because: "an open list" },
    { text: "a: b: c", because: "two values on one line" },
    { text: "a: &a [*a]", because: "an anchor that holds itself" },
    { text: "a: *nobody", because: "an alias of nothing" },
    { text: "? [a]\n: b", because: "a list as a key" },
    { text: "a: \u0007", because: "a control character" },
    { text: "a:\n\tb: c", because: "a tab as indentation" },
  ])("refuses $because", ({ text }) => {
    expect(problemsOf(text)).toHaveLength(1);
  });

  it("shows the first problems of many", () => {
    expect(problemsOf(`x: [\n${"a: 1\n}\n".repeat(1000)}`).length).toBeLessThanOrEqual(20);
  });
});

describe("what is too big for us is never called invalid", () => {
  const fill = (unit: string, bytes: number = limits.bytes) => unit.repeat(Math.floor(bytes / unit.length));
  const bomb = Array.from({ length: 9 }, (_, i) => `k${i + 1}: &k${i + 1} [${`*k${i},`.repeat(10)}]`).join("\n");

  it.each([
    { name: "a file over the byte limit", text: `a: ${fill("x")}`, code: "too-many-bytes" },
    { name: "a file over it in UTF-8 only", text: `a: ${fill("ü", limits.bytes)}`, code: "too-many-bytes" },
    { name: "1 MiB of anything", text: fill("a: [", 1 << 20), code: "too-many-bytes" },
    { name: "128 KiB of empty lists", text: `a: [${fill("[],", limits.bytes - 10)}]`, code: "too-many-tokens" },
    { name: "20,000-deep brackets", text: "[".repeat(20_000), code: "too-many-depth" },
    { name: "20,000-deep dashes", text: "- ".repeat(20_000), code: "too-many-depth" },
    { name: "an alias bomb", text: `k0: &k0 x\n${bomb}`, code: "too-many-nodes" },
  ])("$name", ({ text, code }) => {
    expect(readYaml("f.yml", text)).toMatchObject({ kind: "too-big", reason: { code, file: "f.yml" } });
  });

  it("takes an ordinary file of 128 KiB", () => {
    const job = (i: number) =>
      `  job${i}:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          npm ci\n          npm test\n`;
    let text = "on: push\njobs:\n";
    for (let i = 0; text.length + 200 < limits.bytes; i++) text += job(i);
    expect(readYaml("f.yml", `${text}#${"x".repeat(limits.bytes - text.length - 1)}`).kind).toBe("tree");
  });
});
