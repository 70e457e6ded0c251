import { describe, expect, it } from "@jest/globals";
import { type Dialect, github } from "../../../lib/core/dialect.ts";
import { lint } from "../../../lib/core/report/lint.ts";
import { gitea126 } from "../plan/planned.ts";

/** Each finding as `line:column code`. */
function found(text: string, dialect: Dialect = github, paths: readonly string[] = ["src/a.ts"]): readonly string[] {
  return lint({ dialect, files: [{ path: "a.yml", text }], paths }).map(
    ({ at, code }) => `${at?.line}:${at?.column} ${code}`,
  );
}

const jobs = "\njobs: {a: {runs-on: x}}";

describe("6-01 traps in `on:`", () => {
  it.each([
    ["on: push", github, []],
    ["on: {push: {branches-ignore: ['!main']}}", github, ["1:31 negation-in-ignore"]],
    ["on: {push: {branches: ['!main']}}", github, ["1:13 never-fires"]],
    ["on: {push: {paths: [src/**, lib/**]}}", github, ["1:29 matches-no-file"]],
    ["on: {push: {paths: [src]}}", github, ["1:21 matches-no-file"]],
    ["on: {push: [main]}", gitea126, ["1:6 never-fires"]],
    ["on: {push: {branch: main}}", gitea126, ["1:13 never-fires"]],
    ["on: {deployment: null}", gitea126, ["1:6 never-fires"]],
    ["on: {schedule: [{cron: '0 3 * * *'}]}", gitea126, []],
    ["on: {create: {branch: main}}", gitea126, []],
    ["on: {pull_request: {types: [opened], branches: [main]}}", gitea126, []],
  ])("%s", (on, dialect, expected) => {
    expect(found(on + jobs, dialect)).toEqual(expected);
  });

  it("does not compare patterns with paths that it does not know", () => {
    expect(lint({ dialect: github, files: [{ path: "a.yml", text: `on: {push: {paths: [lib/**]}}${jobs}` }] })).toEqual(
      [],
    );
  });
});

const inGroup = (group: string, more = "") => `{runs-on: x, concurrency: ${group}${more}}`;

describe("6-01 traps in jobs", () => {
  it.each([
    ["a job that needs nobody", "a: {runs-on: x, needs: zz}", gitea126, ["2 needs-unknown"]],
    ["a circle", "a: {runs-on: x, needs: b}, b: {runs-on: x, needs: a}", gitea126, ["2 needs-cycle", "2 needs-cycle"]],
    ["an empty label", "a: {runs-on: null}", gitea126, ["2 empty-label"]],
    ["a text for a condition", 'a: {runs-on: x, if: "${{ 1 }} && ${{ 0 }}"}', github, ["2 always-true"]],
    ["labels that another job has too", "a: {runs-on: x}, b: {runs-on: [x, big]}", github, ["2 label-subset"]],
    ["equal labels", "a: {runs-on: [x, y]}, b: {runs-on: [Y, x]}", github, []],
  ])("%s", (_what, written, dialect, expected) => {
    const lines = found(`on: push\njobs: {${written}}`, dialect).map((line) => line.replace(/:\d+ /, " "));
    expect(lines).toEqual(expected);
  });

  it("names the job whose machine another one may take", () => {
    const files = [
      { path: "a.yml", text: "on: push\njobs: {small: {runs-on: x}}" },
      { path: "b.yml", text: "on: push\njobs: {huge: {runs-on: [x, big]}}" },
    ];
    expect(lint({ dialect: github, files })).toEqual([
      expect.objectContaining({
        file: "a.yml",
        text: "a runner that was started for huge [x, big] may take small [x], which asks for less",
      }),
    ]);
  });
});

describe("6-01 traps in concurrency groups", () => {
  it.each([
    [`concurrency: g\non: push\njobs: {a: ${inGroup("G")}}`, github, ["3:8 concurrency-deadlock"]],
    [`concurrency: g\non: push\njobs: {a: ${inGroup("g")}}`, gitea126, ["3:8 concurrency-deadlock"]],
    [`concurrency: g\non: push\njobs: {a: ${inGroup("G")}}`, gitea126, []],
    [`concurrency: g\non: push\njobs: {a: ${inGroup("h")}}`, github, []],
    [`on: push\njobs: {a: ${inGroup("g", ", strategy: {matrix: {v: [1, 2]}}")}}`, github, ["2:8 concurrency-crowd"]],
    [`on: push\njobs: {a: ${inGroup("'g${{ matrix.v }}'", ", strategy: {matrix: {v: [1, 2]}}")}}`, github, []],
    [`on: push\njobs: {a: ${inGroup("'g${{ vars.V }}'", ", strategy: {matrix: {v: [1, 2]}}")}}`, github, []],
  ])("%s", (text, dialect, expected) => {
    expect(found(text, dialect)).toEqual(expected);
  });
});

describe("6-01 traps in the concurrency groups of calls", () => {
  it.each([
    ["the run's", "concurrency: g\n", "", "", "its own run holds"],
    ["the calling job's", "", ", concurrency: g", "", "its own call holds"],
    ["the called file's", "", "", "concurrency: g\n", "its own call holds"],
  ])("a called job asks for %s", (_whose, top, calling, called, text) => {
    const files = [
      {
        path: ".github/workflows/a.yml",
        text: `${top}on: push\njobs: {a: {uses: ./.github/workflows/b.yml${calling}}}`,
      },
      { path: ".github/workflows/b.yml", text: `${called}on: workflow_call\njobs: {b: ${inGroup("g")}}` },
    ];
    const ofCall = lint({ dialect: github, files }).filter((finding) => finding.text.startsWith("a/b "));
    expect(ofCall).toEqual([
      expect.objectContaining({ code: "concurrency-deadlock", text: expect.stringContaining(text) }),
    ]);
  });
});

describe("6-01 problems of files", () => {
  it("are all told, with the place", () => {
    expect(found("on: push\njobs: {a: 5, b: 6}")).toEqual(["2:8 invalid-file", "2:14 invalid-file"]);
    expect(found("on: push\njobs: {a: {runs-on: x, needs: a}}")).toEqual(["2:31 invalid-job"]);
  });

  it("warn of an empty job that stops Gitea's detection", () => {
    expect(found("on: push\njobs: {a: null}", { forge: "gitea", version: [1, 25, 4] })).toContain(
      "undefined:undefined stops-detection",
    );
  });
});
