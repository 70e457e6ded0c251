import { describe, expect, it } from "@jest/globals";
import { type Dialect, github, newestGitea } from "../../../lib/core/dialect.ts";
import { readWorkflow } from "../../../lib/core/workflow/workflow.ts";

const oldGitea: Dialect = { forge: "gitea", version: [1, 25, 4] };
const dialects = { github, gitea: newestGitea, "gitea 1.25": oldGitea };

const read = (dialect: keyof typeof dialects, text: string) => readWorkflow(dialects[dialect], { path: "w.yml", text });

describe("reading a workflow file", () => {
  it("finds its name, its trigger and its jobs", () => {
    expect(read("github", "name: CI\non: push\njobs: {a: {}}")).toMatchObject({
      kind: "workflow",
      workflow: { name: "CI", onAt: { line: 2, column: 1 }, on: { value: "push" }, jobs: { entries: [{ key: "a" }] } },
    });
  });

  it("names all problems at once", () => {
    expect(read("github", "nmae: CI\njobs: [a]")).toMatchObject({
      kind: "invalid",
      problems: [
        { at: { line: 1, column: 1 }, text: 'GitHub knows no key "nmae" here; did you mean "name"?' },
        { text: "`on:` is missing: nothing can start this workflow" },
        { at: { line: 2, column: 7 }, place: "jobs" },
      ],
    });
  });

  it.each([
    {
      forge: "github",
      text: "zzz: 1\non: push\njobs: {a: {}}",
      then: "invalid",
      because: "GitHub refuses unknown keys",
    },
    {
      forge: "gitea",
      text: "zzz: 1\non: push\njobs: {a: {}}",
      then: "workflow",
      because: "Gitea does not look at them",
    },
    { forge: "github", text: "on: push\njobs: {}", then: "invalid", because: "GitHub wants a job" },
    { forge: "gitea 1.25", text: "on: push\njobs: {}", then: "invalid", because: "Gitea 1.25 makes no run of it" },
    { forge: "gitea", text: "on: push\njobs: {}", then: "workflow", because: "Gitea 1.26 makes an empty run" },
    { forge: "gitea", text: "on: push\njobs:", then: "invalid", because: "null is no mapping" },
    { forge: "gitea", text: "on: push", then: "invalid", because: "jobs have to be there" },
    { forge: "gitea", text: "jobs: {a: {}}", then: "invalid", because: "on has to be there" },
    { forge: "gitea", text: "[a]", then: "invalid", because: "a list is no workflow" },
    { forge: "gitea", text: "on: push\njobs: {a: {}, a: {}}", then: "invalid", because: "duplicate keys" },
  ] as const)("$forge: $because", ({ forge, text, then }) => {
    expect(read(forge, text).kind).toBe(then);
  });

  it.each([
    { forge: "gitea 1.25", stops: true },
    { forge: "gitea", stops: false },
    { forge: "github", stops: false },
  ] as const)("a job that is null stops the detection of all later files: $forge $stops", ({ forge, stops }) => {
    expect(read(forge, "on: push\njobs:\n  a:\n")).toMatchObject({ kind: "invalid", stopsDetection: stops });
  });
});

describe("merge keys", () => {
  const text = "x: &x {runs-on: a, if: b}\ny: &y {<<: *x, env: c}\non: push\njobs:\n  j: {<<: *y, if: d}\n";

  it("are carried out by Gitea, and a job's own keys win", () => {
    expect(read("gitea", text)).toMatchObject({
      workflow: {
        jobs: {
          entries: [{ value: { entries: [{ key: "if", value: { value: "d" } }, { key: "env" }, { key: "runs-on" }] } }],
        },
      },
    });
  });

  it("mean nothing to GitHub", () => {
    expect(read("github", text.replace(/^[xy].*\n/gm, ""))).toMatchObject({ kind: "invalid" });
  });
});
