import { data } from "@actions/expressions";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { boolean, none, partial, text } from "../../../lib/core/plan/context-values.ts";
import { evaluate, interpolate, type Scope } from "../../../lib/core/plan/expression.ts";
import { truth, unknown, type Value } from "../../../lib/core/plan/value.ts";

const github = partial("github", {
  ref: text("refs/heads/main"),
  event: partial("github.event", { action: text("opened") }),
});
const yes = boolean(true);
const scope: Scope = {
  forge: "github",
  contexts: new Map<string, Value>([
    ["github", github],
    ["vars", partial("vars", {})],
    ["needs", partial("needs", { a: partial("needs.a", {}) }, none)],
  ]),
  status: { success: unknown(["success()"]), always: yes, failure: boolean(false), cancelled: boolean(false) },
};

/** The value as text, `? name, …` for unknown (with its truth where that is known), `! message` for an error. */
function told(source: string): string {
  const value = evaluate(source, scope);
  if (value.kind === "error") return `! ${value.text}`;
  if (value.kind === "known") return value.data.coerceString();
  const counts = truth(value);
  return `? ${value.kind === "unknown" ? value.names.join(", ") : value.name}${counts === undefined ? "" : ` (${counts})`}`;
}

describe("6-01 expressions with three answers", () => {
  it.each([
    ["github.ref", "refs/heads/main"],
    ["GITHUB.Ref", "refs/heads/main"],
    ["github['ref']", "refs/heads/main"],
    ["github.event.action", "opened"],
    ["github.event.number", "? github.event.number"],
    ["github.event.pull_request.title", "? github.event.pull_request.title"],
    ["github.run_id", "? github.run_id"],
    ["vars.A", "? vars.A"],
    ["needs.b.result", ""],
    ["needs.a.outputs.list", "? needs.a.outputs.list"],
    ["github.ref == 'refs/heads/MAIN'", "true"],
    ["vars.A == 'x'", "? vars.A"],
    ["!vars.A", "? vars.A"],
    ["!(vars.A || 'x')", "false"],
    ["false && vars.A", "false"],
    ["vars.A && false", "? vars.A (false)"],
    ["true || vars.A", "true"],
    ["vars.A || 'x'", "? vars.A (true)"],
    ["vars.A || vars.B", "? vars.A, vars.B"],
    ["vars.A && vars.B", "? vars.A, vars.B"],
    ["(vars.A || 'x') && 'y'", "y"],
    ["vars.A && ''", "? vars.A (false)"],
    ["github", "? github (true)"],
    ["github && 'yes'", "yes"],
    ["contains(github.event.labels.*.name, 'x')", "? github.event.labels.*.name"],
    ["contains('abc', 'B')", "true"],
    ["startsWith(github.ref, vars.A)", "? vars.A"],
    ["format('{0}!', github.ref)", "refs/heads/main!"],
    ["toJSON(github)", "? github"],
    ["fromJSON('[1, 2]')[1]", "2"],
    ["always()", "true"],
    ["always() && vars.A", "? vars.A"],
    ["success() && false", "? success() (false)"],
    ["success() || failure()", "? success()"],
  ])("%s is %s", (source, expected) => {
    expect(told(source)).toBe(expected);
  });

  it.each([
    ["an unknown context", "secrets.A", "Unrecognized named-value: 'secrets'"],
    ["an unknown function", "hashFiles('x')", "Unrecognized function: 'hashFiles'"],
    ["half an expression", "github.ref ==", "Unexpected end of expression"],
    ["JSON that is none", "fromJSON('{')", ""],
    ["a format without its argument", "format('{1}', 'a')", "references more arguments"],
    ["nesting without end", `${"(".repeat(200)}1${")".repeat(200)}`, "Exceeded max expression depth"],
  ])("calls %s an error", (_what, source, said) => {
    expect(told(source)).toMatch(/^! /);
    expect(told(source)).toContain(said);
  });

  it("knows `case` on GitHub only", () => {
    expect(told("case(true, 'a', 'b')")).toBe("a");
    expect(evaluate("case(true, 'a', 'b')", { ...scope, forge: "gitea" }).kind).toBe("error");
  });
});

describe("6-01 text with expressions in it", () => {
  it.each([
    ["plain", "plain"],
    ["on ${{ github.ref }}!", "on refs/heads/main!"],
    ["${{ 'a}}b' }}", "a}}b"],
    ["${{ 'it''s' }}", "it's"],
    ["${{ null }}", ""],
    ["${{ fromJSON('[1]') }}", "Array"],
    ["$ {{ a }}", "$ {{ a }}"],
  ])("%s becomes %s", (written, expected) => {
    const value = interpolate(written, scope);
    expect(value.kind === "known" ? value.data.coerceString() : value).toBe(expected);
  });

  it("names everything that is missing", () => {
    expect(interpolate("${{ vars.A }} ${{ vars.B }}", scope)).toEqual({ kind: "unknown", names: ["vars.A", "vars.B"] });
  });

  it("is an error where an expression is not closed", () => {
    expect(interpolate("${{ github.ref", scope).kind).toBe("error");
    expect(interpolate("${{ 'a}}", scope).kind).toBe("error");
  });
});

describe("6-01 what is decided with unknown values stays true whatever they are", () => {
  const leaf = fc.constantFrom("v.a", "v.b", "v.c", "true", "false", "''", "'x'", "0");
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc
        .tuple(tie("tree"), fc.constantFrom("&&", "||", "==", "!="), tie("tree"))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie("tree").map((inner) => `!${inner}`),
      tie("tree").map((inner) => `contains(${inner}, 'x')`),
    ),
  }));
  const values = [new data.BooleanData(true), new data.StringData(""), new data.StringData("x"), new data.Null()];
  const some = fc.constantFrom(...values);

  it("for truth and value", () => {
    fc.assert(
      fc.property(tree, some, some, some, fc.constantFrom("a", "b", "c"), (source, a, b, c, kept) => {
        const all: Record<string, Value> = { a: known(a), b: known(b), c: known(c) };
        const full = evaluate(source, withV(partial("v", all)));
        const half = evaluate(source, withV(partial("v", { [kept]: all[kept] })));
        if (full.kind === "error" || half.kind === "error") throw new Error("no expression here can fail");
        const told = truth(half);
        if (told !== undefined) expect(told).toBe(truth(full));
        if (half.kind === "known") expect(full).toEqual(half);
      }),
      { numRuns: 2000 },
    );
  });

  it("decides everything where everything is known", () => {
    fc.assert(
      fc.property(tree, some, some, some, (source, a, b, c) => {
        expect(evaluate(source, withV(partial("v", { a: known(a), b: known(b), c: known(c) }))).kind).toBe("known");
      }),
      { numRuns: 500 },
    );
  });

  function known(value: data.ExpressionData): Value {
    return { kind: "known", data: value };
  }

  function withV(v: Value): Scope {
    return { forge: "github", contexts: new Map([["v", v]]) };
  }
});
