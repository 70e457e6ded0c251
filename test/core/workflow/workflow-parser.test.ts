import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { build } from "esbuild";
import { github } from "../../../lib/core/dialect.ts";
import { readWorkflow } from "../../../lib/core/workflow/workflow.ts";
import type { parse as ParseFile } from "./official-parser.ts";

/**
 * GitHub's own parser as a second opinion: what makes a file invalid? It takes no responsibility for patterns, and it has no
 * guard against alias bombs, so it only ever sees the texts below.
 *
 * Its package imports JSON in a way that Node refuses; a bundler does not.
 */
const folder = mkdtempSync(join(tmpdir(), "dayfly-parser-"));
let parse: typeof ParseFile;

beforeAll(async () => {
  const outfile = join(folder, "parser.mjs");
  const entryPoints = [fileURLToPath(new URL("official-parser.ts", import.meta.url))];
  await build({ entryPoints, outfile, bundle: true, platform: "browser", format: "esm", logLevel: "error" });
  parse = (await import(pathToFileURL(outfile).href)).parse;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jobs = "\njobs: { a: { runs-on: linux, steps: [{ run: echo }] } }\n";

function verdicts(on: string): { ours: boolean; theirs: boolean } {
  const text = /^jobs/m.test(on) ? on : `${on}${jobs}`;
  const path = ".github/workflows/w.yml";
  const ours = readWorkflow(github, { path, text }).kind === "workflow";
  return { ours, theirs: parse({ name: path, content: text }).length === 0 };
}

describe("the official parser and ours", () => {
  it.each([
    "on: push",
    "on: [push, pull_request]",
    "on: { push: , workflow_dispatch: }",
    "on: { push: { branches: main, tags: ['v*'], paths: [a] } }",
    "on: { pull_request: { types: [opened, closed], branches-ignore: [x] } }",
    "on: { pull_request_target: { types: labeled } }",
    "on: { schedule: [{ cron: '0 3 * * *' }] }",
    "on: { workflow_run: { workflows: [CI], types: [completed], branches: [main] } }",
    "on: { merge_group: { types: [checks_requested] } }",
    "on: { repository_dispatch: { types: [x] } }",
    "on: { release: { types: [published] }, issues: { types: [opened] } }",
    "on: { workflow_call: { inputs: { a: { type: string } } } }",
    "on: { push: { branches: [1.10, true] } }",
    "name: x\nrun-name: y\nenv: { A: b }\non: push",
    "x: y\non: push",
    "on: pusch",
    "on: [push, nothing]",
    "on: { push: { brunches: [a] } }",
    "on: { push: [main] }",
    "on: { push: main }",
    "on: { push: { branches: } }",
    "on: { push: { branches: [''] } }",
    "on: { push: { branches: { a: b } } }",
    "on: { push: { types: [opened] } }",
    "on: { pull_request: { types: [open] } }",
    "on: { pull_request: { tags: [a] } }",
    "on: { create: { branches: [a] } }",
    "on: { fork: {} }",
    "on: { schedule: { cron: x } }",
    "on: { schedule: [{ at: x }] }",
    "on: { release: { types: [done] } }",
    "on: push\njobs:",
    "on: push\njobs: [a]",
    "name: x",
    "on: { push: , Push: }",
    "on: push\non: push",
  ])("agree on %j", (on) => {
    const { ours, theirs } = verdicts(on);
    expect(ours).toBe(theirs);
  });

  it.each([
    {
      on: "on: { push: { branches: [a], branches-ignore: [b] } }",
      because: "GitHub's documentation forbids both; its parser leaves that to the server",
    },
    { on: "on: { push: { branches: ['['] } }", because: "its parser does not read patterns" },
    { on: "on: { push: { paths: ['a**+'] } }", because: "its parser does not read patterns" },
  ])("differ on purpose on $on: $because", ({ on }) => {
    expect(verdicts(on)).toEqual({ ours: false, theirs: true });
  });
});
