import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { gitea126, gitea127, jobsOf, planned } from "./planned.ts";

function names(matrix: string, dialect = gitea126) {
  return jobsOf(`  a:\n    runs-on: x\n    strategy: {matrix: ${matrix}}`, { dialect }).map(({ name }) => name);
}

describe("6-01 Gitea's matrix", () => {
  it("has no limit of 256", () => {
    expect(names(`{v: [${Array.from({ length: 400 }, (_, n) => n).join(",")}]}`)).toHaveLength(400);
  });

  it("sorts keys by name and rows by their printed text, 10 before 9", () => {
    expect(names("{z: [b, a], a: [9, 10]}")).toEqual(["a (10, a)", "a (10, b)", "a (9, a)", "a (9, b)"]);
  });

  it.each([
    ["[1.10, 010, 1_000, 0x1F, 1e6]", ["a (1.1)", "a (1000)", "a (1e+06)", "a (31)", "a (8)"]],
    ["[null, true, yes, '1']", ["a (1)", "a (<nil>)", "a (true)", "a (yes)"]],
    ["[2020-01-02]", ["a (2020-01-02 00:00:00 +0000 UTC)"]],
    ["[[1, x], {n: 1, a: [2]}]", ["a ([1 x])", "a (map[a:[2] n:1])"]],
    ["[12345678901234567890]", ["a (12345678901234567890)"]],
  ])("prints values as Go does: %s", (list, expected) => {
    expect(names(`{v: ${list}}`)).toEqual(expected);
  });

  it("compares excluded values by type", () => {
    expect(names("{v: [1, 2], exclude: [{v: '1'}]}")).toEqual(["a (1)", "a (2)"]);
    expect(names("{v: [1, 2], exclude: [{v: 1}]}")).toEqual(["a (2)"]);
  });

  it.each(["{v: []}", "{os: [l], exclude: [{os: l}]}", "\"${{ fromJSON('{}') }}\"", "{v: [1], include: 5}"])(
    "makes one plain job of %s",
    (matrix) => {
      expect(names(matrix)).toEqual(["a"]);
    },
  );

  it("makes one plain job of a value that is no list, and from 1.27 on a list of it", () => {
    expect(names("{v: 1}")).toEqual(["a"]);
    expect(names("{v: 1}", gitea127)).toEqual(["a (1)"]);
  });

  it.each([
    ["an exclude with an unknown key", "{v: [1], exclude: [{v: 1, w: 2}]}", gitea126],
    ["an include that is no mapping", "{v: [1], include: [5]}", gitea126],
    ["an exclude that is no mapping", "{v: [1], exclude: [null]}", gitea126],
    ["an include that is an expression", '{v: [1], include: "${{ x }}"}', gitea127],
  ])("makes no run of %s", (_what, matrix, dialect) => {
    const { decision } = planned(`on: push\njobs: {a: {runs-on: x, strategy: {matrix: ${matrix}}}}`, { dialect });
    expect(decision).toBe("invalid");
  });

  it("does not mind what an expression would be before 1.27", () => {
    expect(names('{v: [1], include: "${{ x }}"}')).toEqual(["a"]);
  });

  it("shows the keys that an include adds", () => {
    expect(names("{os: [l, w], include: [{os: l, x: 1}, {z: 3}]}")).toEqual(["a (3)", "a (l, 1)", "a (w)"]);
  });

  it("is undecided where it has more combinations than we expand", () => {
    const list = `[${Array.from({ length: 65 }, (_, n) => n).join(",")}]`;
    const [job] = jobsOf(`  a: {runs-on: x, strategy: {matrix: {v: ${list}, w: ${list}}}}`, { dialect: gitea126 });
    expect(job).toMatchObject({ decision: "undecided", reason: { code: "matrix-too-big" } });
  });
});

const keys = ["os", "v", "w"] as const;
const small = fc.constantFrom(1, 2, "1", "x", "y", true);
const entry = fc.dictionary(fc.constantFrom(...keys, "extra", "more"), small, { minKeys: 1, maxKeys: 3 });
const someMatrix = fc.record({
  vectors: fc.dictionary(fc.constantFrom(...keys), fc.array(small, { minLength: 1, maxLength: 3 }), { minKeys: 1 }),
  include: fc.array(entry, { maxLength: 4 }),
  exclude: fc.array(entry, { maxLength: 3 }),
});
type Plain = Record<string, unknown>;

/** The same rules, as slowly and plainly as they can be said. */
function naive(vectors: Record<string, unknown[]>, include: Plain[], exclude: Plain[]): string[] {
  let rows: Plain[] = [{}];
  for (const [key, list] of Object.entries(vectors)) {
    rows = rows.flatMap((row) => list.map((value) => ({ ...row, [key]: value })));
  }
  rows = rows.filter((row) => !exclude.some((item) => Object.keys(item).every((key) => row[key] === item[key])));
  const alone: Plain[] = [];
  for (const item of include) {
    const shared = Object.keys(item).filter((key) => key in vectors);
    let joined = false;
    for (const row of rows) {
      if (shared.length === 0 || !shared.every((key) => row[key] === item[key])) continue;
      Object.assign(row, item);
      joined = true;
    }
    if (!joined) alone.push(item);
  }
  const all = [...rows, ...alone];
  if (all.length === 0) return ["a"];
  return all
    .map(
      (row) =>
        `a (${Object.keys(row)
          .sort()
          .map((key) => String(row[key]))
          .join(", ")})`,
    )
    .sort();
}

it("6-01 Gitea's matrix agrees with a second, naive implementation", () => {
  fc.assert(
    fc.property(someMatrix, ({ vectors, include, exclude }) => {
      const known = exclude.map((item) => Object.fromEntries(Object.entries(item).filter(([key]) => key in vectors)));
      const usable = known.filter((item) => Object.keys(item).length > 0);
      expect(names(JSON.stringify({ ...vectors, include, exclude: usable }))).toEqual(naive(vectors, include, usable));
    }),
    { numRuns: 300 },
  );
});
