import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { jobsOf, planned } from "./planned.ts";

/** Name and matrix of each job that GitHub makes of a matrix, written as YAML. */
function expanded(matrix: string) {
  return jobsOf(`  a:\n    runs-on: x\n    strategy: {matrix: ${matrix}}`).map(({ name, matrix: row }) => [name, row]);
}

function refusal(matrix: string): string {
  const { decision, reason } = planned(`on: push\njobs: {a: {runs-on: x, strategy: {matrix: ${matrix}}}}`);
  return `${decision}: ${reason.text}`;
}

describe("6-01 GitHub's matrix", () => {
  it("varies the first key slowest", () => {
    expect(expanded("{os: [l, w], v: [1, 2]}")).toEqual([
      ["a (l, 1)", { os: "l", v: 1 }],
      ["a (l, 2)", { os: "l", v: 2 }],
      ["a (w, 1)", { os: "w", v: 1 }],
      ["a (w, 2)", { os: "w", v: 2 }],
    ]);
  });

  it.each([
    ["a text with its number", "{v: [16, 18], exclude: [{v: '16'}]}", ["a (18)"]],
    ["texts without case", "{os: [Linux, mac], exclude: [{os: linux}]}", ["a (mac)"]],
    ["keys without case", "{OS: [l, m], exclude: [{os: l}]}", ["a (m)"]],
    ["null with an empty text", "{v: ['', x], exclude: [{v: null}]}", ["a (x)"]],
    ["some keys of a nested value", "{v: [{n: 1, s: 2}, {n: 2, s: 2}], exclude: [{v: {n: 1}}]}", ["a (2, 2)"]],
    ["a list by its places", "{v: [[1, 2], [3, 2]], exclude: [{v: [1]}]}", ["a (3, 2)"]],
    ["only some of the keys", "{os: [l, w], v: [1, 2], exclude: [{os: w}]}", ["a (l, 1)", "a (l, 2)"]],
  ])("excludes %s", (_what, matrix, names) => {
    expect(expanded(matrix).map(([name]) => name)).toEqual(names);
  });

  it("lets an include that agrees add its other keys, which the name does not show", () => {
    expect(expanded("{os: [l, w], include: [{os: l, x: 1}]}")).toEqual([
      ["a (l)", { os: "l", x: 1 }],
      ["a (w)", { os: "w" }],
    ]);
  });

  it("adds an include without a key of the matrix to every combination", () => {
    expect(expanded("{os: [l, w], include: [{x: 1}]}")).toEqual([
      ["a (l)", { os: "l", x: 1 }],
      ["a (w)", { os: "w", x: 1 }],
    ]);
  });

  it("lets a later include overwrite what an earlier one added, and never a key of the matrix", () => {
    expect(expanded("{os: [l], include: [{x: 1}, {x: 2}]}")).toEqual([["a (l)", { os: "l", x: 2 }]]);
  });

  it("makes a job of an include that agrees with no combination", () => {
    expect(expanded("{os: [l], include: [{x: 1, os: m}]}")).toEqual([
      ["a (l)", { os: "l" }],
      ["a (m, 1)", { os: "m", x: 1 }],
    ]);
  });

  it("compares an include with the file's own values, not with added ones", () => {
    expect(expanded("{os: [l], include: [{v: 1}, {v: 2, os: l}]}")).toEqual([["a (l)", { os: "l", v: 2 }]]);
  });

  it("makes jobs of includes alone", () => {
    expect(expanded("{include: [{v: 1}, {v: 2, w: x}]}").map(([name]) => name)).toEqual(["a (1)", "a (2, x)"]);
  });

  it("makes jobs of includes where everything is excluded", () => {
    expect(expanded("{os: [l], exclude: [{os: l}], include: [{x: 1}]}")).toEqual([["a (1)", { x: 1 }]]);
  });

  it("makes no job at all where everything is excluded", () => {
    expect(expanded("{os: [l], exclude: [{os: l}]}")).toEqual([]);
  });

  it("leaves null and empty texts out of the name", () => {
    expect(expanded("{v: [null, '', {a: x, b: [y, null]}]}").map(([name]) => name)).toEqual(["a", "a", "a (x, y)"]);
  });

  it("cuts a name with values at 100 characters", () => {
    const [[name] = []] = expanded(`{v: [${"n".repeat(120)}]}`);
    expect(name).toBe(`a (${"n".repeat(94)}...`);
  });

  it.each([
    ["a value that is no list", "{v: 1}", "invalid: jobs.a.strategy: matrix.v has to be a list"],
    ["an empty list", "{v: []}", "invalid: jobs.a.strategy: matrix.v is empty"],
    ["nothing in it", "{}", "invalid: jobs.a.strategy: matrix has neither a list nor an include"],
    ["an empty include", "{v: [1], include: [{}]}", "invalid: jobs.a.strategy: an entry of matrix.include has to be"],
    ["an unknown exclude key", "{v: [1], exclude: [{w: 1}]}", 'exclude names "w", which is no key of the matrix'],
    [
      "257 jobs",
      `{v: [${Array.from({ length: 257 }, (_, n) => n).join(",")}]}`,
      "makes 257 jobs: GitHub takes at most 256",
    ],
  ])("refuses a file whose matrix has %s", (_what, matrix, said) => {
    expect(refusal(matrix)).toContain(said);
  });

  it("takes 256 jobs", () => {
    expect(expanded(`{v: [${Array.from({ length: 256 }, (_, n) => n).join(",")}]}`)).toHaveLength(256);
  });

  it("evaluates what is known at push time", () => {
    const names = expanded('{v: "${{ fromJSON(\'[1, 2]\') }}", r: ["${{ github.ref_name }}"]}').map(([name]) => name);
    expect(names).toEqual(["a (1, main)", "a (2, main)"]);
  });

  it("takes a whole matrix from an expression", () => {
    expect(expanded('"${{ fromJSON(\'{\\"v\\": [1, 2]}\') }}"').map(([name]) => name)).toEqual(["a (1)", "a (2)"]);
  });

  it("is undecided where it needs another job's output", () => {
    const [, job] = jobsOf(
      '  p: {runs-on: x}\n  a: {needs: p, runs-on: x, strategy: {matrix: {v: "${{ fromJSON(needs.p.outputs.list) }}"}}}',
    );
    expect(job).toMatchObject({
      id: "a",
      decision: "undecided",
      reason: { code: "matrix-unknown", text: "its matrix needs needs.p.outputs.list, which only the forge knows now" },
    });
  });

  it("is undecided where it has more combinations than we expand", () => {
    const list = `[${Array.from({ length: 65 }, (_, n) => n).join(",")}]`;
    const [job] = jobsOf(`  a: {runs-on: x, strategy: {matrix: {v: ${list}, w: ${list}}}}`);
    expect(job).toMatchObject({ decision: "undecided", reason: { code: "matrix-too-big" } });
  });

  it("keeps keys with awkward names", () => {
    const [row] = expanded("{constructor: [1], __proto__: [2]}");
    expect(row?.[0]).toBe("a (1, 2)");
  });
});

const keys = ["os", "v", "w"] as const;
const small = fc.constantFrom(1, 2, "x", "y", true);
const entry = fc.dictionary(fc.constantFrom(...keys, "extra", "more"), small, { minKeys: 1, maxKeys: 3 });
const someMatrix = fc.record({
  vectors: fc.dictionary(fc.constantFrom(...keys), fc.array(small, { minLength: 1, maxLength: 3 }), { minKeys: 1 }),
  include: fc.array(entry, { maxLength: 4 }),
  exclude: fc.array(entry, { maxLength: 3 }),
});
type Plain = Record<string, unknown>;

/** The same rules, as slowly and plainly as they can be said. */
function naive(vectors: Record<string, unknown[]>, include: Plain[], exclude: Plain[]): Plain[] {
  let rows: Plain[] = [{}];
  for (const [key, list] of Object.entries(vectors)) {
    const longer: Plain[] = [];
    for (const row of rows) for (const value of list) longer.push({ ...row, [key]: value });
    rows = longer;
  }
  const equal = (a: unknown, b: unknown) => a === b || (a === true && b === 1) || (a === 1 && b === true);
  rows = rows.filter((row) => !exclude.some((item) => Object.keys(item).every((key) => equal(row[key], item[key]))));
  const added: Plain[] = rows.map(() => ({}));
  const alone: Plain[] = [];
  for (const item of include) {
    const filter = Object.keys(item).filter((key) => key in vectors);
    const joined = rows.flatMap((row, index) => (filter.every((key) => equal(row[key], item[key])) ? [index] : []));
    for (const index of joined) {
      for (const key of Object.keys(item)) if (!(key in vectors)) (added[index] as Plain)[key] = item[key];
    }
    if (joined.length === 0) alone.push(item);
  }
  return [...rows.map((row, index) => ({ ...row, ...added[index] })), ...alone];
}

it("6-01 GitHub's matrix agrees with a second, naive implementation", () => {
  fc.assert(
    fc.property(someMatrix, ({ vectors, include, exclude }) => {
      const known = exclude.map((item) => Object.fromEntries(Object.entries(item).filter(([key]) => key in vectors)));
      const usable = known.filter((item) => Object.keys(item).length > 0);
      const matrix = JSON.stringify({ ...vectors, include, exclude: usable });
      const rows = expanded(matrix).map(([, row]) => row);
      expect(rows).toEqual(naive(vectors, include, usable));
    }),
    { numRuns: 500 },
  );
});
