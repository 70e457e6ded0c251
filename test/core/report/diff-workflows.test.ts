import { describe, expect, it } from "@jest/globals";
import { github } from "../../../lib/core/dialect.ts";
import { diffLines, diffWorkflows } from "../../../lib/core/report/diff-workflows.ts";

const path = ".github/workflows/a.yml";

/** What an edit of one file changes, in words. */
function edited(before: string | undefined, after: string | undefined) {
  const source = (text: string | undefined) => (text === undefined ? [] : [{ path, text }]);
  const event = { name: "push", ref: "refs/heads/main" };
  return diffWorkflows(
    { dialect: github, event, files: source(after), changed: { kind: "files", paths: ["a.txt"] } },
    source(before),
  );
}

function triggers(before: string, after: string) {
  const jobs = "\njobs: {a: {runs-on: x}}";
  const [diff] = edited(`on: ${before}${jobs}`, `on: ${after}${jobs}`);
  return diff?.texts.filter((text) => !text.startsWith("for this event"));
}

function jobs(before: string, after: string) {
  const [diff] = edited(`on: push\njobs:\n${before}`, `on: push\njobs:\n${after}`);
  return diff?.texts;
}

describe("6-11 what an edit of `on:` changes", () => {
  it.each([
    ["{push: {paths: [src/**, docs/**]}}", "{push: {paths: [src/**]}}", ["push: docs/** no longer builds"]],
    ["{push: {paths: [src/**]}}", "{push: {paths: [src/**, docs/**]}}", ["push: docs/** builds now"]],
    ["{push: {paths-ignore: []}}", "{push: {paths-ignore: [docs/**]}}", ["push: docs/** no longer builds"]],
    ["{push: {paths-ignore: [docs/**]}}", "{push: {}}", ["push: docs/** builds now"]],
    ["{push: {paths: ['**']}}", "{push: {paths: ['**', '!docs/**']}}", ["push: docs/** no longer builds"]],
    ["push", "{push: {paths: [src/**]}}", ["push: only src/** builds now, not every path"]],
    ["{push: {branches: [main]}}", "push", ["push: every branch starts it now, not only main"]],
    ["{push: {branches: [main]}}", "{push: {branches: [main, dev]}}", ["push: branch dev starts it now"]],
    [
      "{push: {tags: [v*]}}",
      "{push: {tags: [v1*]}}",
      ["push: tag v1* starts it now", "push: tag v* no longer starts it"],
    ],
    ["{push: {paths: [a, '!b']}}", "{push: {paths: ['!b', a]}}", ["push: the order of its patterns changes: !b, a"]],
    ["push", "[push, pull_request]", ["pull_request starts it now"]],
    ["[push, issues]", "push", ["issues no longer starts it"]],
    ["push", "{push: null, schedule: [{cron: 0 3 * * *}]}", ["schedule starts it now (cron 0 3 * * *)"]],
    [
      "{pull_request: {types: [opened]}}",
      "{pull_request: {types: [opened, closed]}}",
      ["pull_request: type closed starts it now"],
    ],
    ["push", "[push]", []],
  ])("%s → %s", (before, after, texts) => {
    expect(triggers(before, after)).toEqual(texts);
  });
});

describe("6-11 what an edit of jobs changes", () => {
  const test = (list: string) => `  test: {runs-on: x, strategy: {matrix: {v: ${list}}}}`;

  it("counts a matrix", () => {
    expect(jobs(test("[1, 2, 3, 4]"), test("[1, 2]"))).toEqual([
      "matrix of test 4 → 2",
      "for this event: runs with 4 jobs → runs with 2 jobs",
    ]);
  });

  it("names what replaces what in a matrix of the same size", () => {
    expect(jobs(test("[18, 20]"), test("[20, 22]"))).toEqual(["matrix of test: test (22) in place of test (18)"]);
  });

  it.each([
    ["  a: {runs-on: x}", "  a: {runs-on: [x, big]}", ["a runs on x, big, not x"]],
    ["  a: {runs-on: x}\n  b: {runs-on: x}", "  a: {runs-on: x}\n  b: {needs: a, runs-on: x}", ["b waits for a now"]],
    [
      "  a: {runs-on: x}\n  b: {needs: a, runs-on: x}",
      "  a: {runs-on: x}\n  b: {runs-on: x}",
      ["b no longer waits for a"],
    ],
    ["  a: {runs-on: x, timeout-minutes: 5}", "  a: {runs-on: x, timeout-minutes: 9}", ["timeout-minutes of a: 5 → 9"]],
    ["  a: {runs-on: x}", "  a: {runs-on: x, if: true}", ["if of a: none → true"]],
    ["  a: {runs-on: x, env: {A: 1}}", "  a: {runs-on: x, env: {A: 2}}", ["steps or settings of a change"]],
    ["  a: {runs-on: x}", "  a: {runs-on: x} # why", []],
  ])("%s → %s", (before, after, texts) => {
    expect(jobs(before, after)).toEqual(texts);
  });

  it("names new and removed jobs", () => {
    const texts = jobs("  a: {runs-on: x}\n  old: {runs-on: x}", "  a: {runs-on: x}\n  new: {needs: a, runs-on: y}");
    expect(texts).toEqual(["new: new job on y after a", "old: removed"]);
  });
});

describe("6-11 what an edit of files changes", () => {
  const file = "on: push\njobs: {a: {runs-on: x}}";

  it("names new, removed and broken files", () => {
    expect(edited(undefined, file)).toEqual([{ path, change: "added", texts: ["runs with 1 job"] }]);
    expect(edited(file, undefined)).toEqual([{ path, change: "removed", texts: ["before: runs with 1 job"] }]);
    expect(edited(file, "on: [")).toEqual([
      { path, change: "changed", texts: [expect.stringMatching(/^for this event: runs with 1 job → invalid \(/)] },
    ]);
  });

  it("leaves out files that are the same", () => {
    expect(edited(file, file)).toEqual([]);
  });

  it("says so where an edit changes nothing that matters", () => {
    const lines = diffLines(edited(file, `${file}\n# why`)).map((line) => line.map(({ text }) => text).join(""));
    expect(lines).toEqual([path, "  nothing that starts or makes a job changes"]);
  });
});
