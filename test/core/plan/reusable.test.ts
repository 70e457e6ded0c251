import { describe, expect, it } from "@jest/globals";
import { type Given, gitea126, gitea127, jobsOf, planned } from "./planned.ts";

const called = ".github/workflows/called.yml";
const simple = "on: workflow_call\njobs:\n  build: {runs-on: x}\n  test: {needs: build, runs-on: y}\n";
const withInputs = `on:
  workflow_call:
    inputs:
      runner: {type: string, required: true}
      big: {type: boolean}
      count: {type: number, default: 3}
    secrets:
      TOKEN: {required: true}
jobs:
  build:
    name: \${{ inputs.runner }} \${{ inputs.big }} \${{ inputs.count }}
    runs-on: \${{ inputs.runner }}
`;

/** The jobs that come of one job `a` which calls a file. */
function call(job: string, file: string, given: Given = {}) {
  return jobsOf(`  a: {uses: ./${called}${job}}`, { ...given, others: { [called]: file, ...given.others } });
}

function refusal(job: string, file: string | undefined, others: Given["others"] = {}): string {
  const files = file === undefined ? others : { [called]: file, ...others };
  return planned(`on: push\njobs: {a: {${job}}}`, { others: files }).reason.text;
}

describe("6-01 a job that calls a workflow of the same commit, on GitHub", () => {
  it("becomes the called file's jobs, under its name", () => {
    expect(
      call(", name: Call", simple).map(({ id, name, needs, decision }) => ({ id, name, needs, decision })),
    ).toEqual([
      { id: "a/build", name: "Call / build", needs: [], decision: "launch" },
      { id: "a/test", name: "Call / test", needs: ["a/build"], decision: "wait" },
    ]);
  });

  it("takes the new way to write its own repository", () => {
    const [job] = jobsOf(`  a: {uses: $/${called}}`, { others: { [called]: simple } });
    expect(job?.id).toBe("a/build");
  });

  it("lets the first jobs wait for what the caller needs, and later ones for all of them", () => {
    const jobs = jobsOf(`  p: {runs-on: x}\n  a: {needs: p, uses: ./${called}}\n  z: {needs: a, runs-on: x}`, {
      others: { [called]: simple },
    });
    expect(jobs.map(({ id, needs, decision }) => `${id} <- ${needs.join(" ")}: ${decision}`)).toEqual([
      "p <- : launch",
      "a/build <- p: wait",
      "a/test <- a/build: wait",
      "z <- a/build a/test: wait",
    ]);
  });

  it("skips the whole call with the caller", () => {
    expect(call(", if: false", simple)).toEqual([expect.objectContaining({ id: "a", decision: "skip" })]);
  });

  it("is as undecided as its caller", () => {
    const [build, test] = call(", if: vars.GO", simple);
    expect(build).toMatchObject({ decision: "undecided", reason: { code: "condition-unknown" } });
    expect(test).toMatchObject({ decision: "wait" });
  });

  it("binds inputs by their types, with defaults", () => {
    const [job] = call(", secrets: inherit, with: {runner: big, big: true}", withInputs);
    expect(job).toMatchObject({ name: "a / big true 3", labels: ["big"] });
  });

  it("evaluates inputs with the caller's matrix, and numbers the jobs", () => {
    const jobs = call(
      ', secrets: inherit, strategy: {matrix: {r: [p, q]}}, with: {runner: "${{ matrix.r }}"}',
      withInputs,
    );
    expect(jobs.map(({ id, name, labels, matrixIndex }) => [id, name, labels, matrixIndex])).toEqual([
      ["a/build", "a (p) / p false 3", ["p"], 0],
      ["a/build", "a (q) / q false 3", ["q"], 1],
    ]);
  });

  it("is undecided where an input is", () => {
    const [job] = call(', secrets: inherit, with: {runner: "${{ vars.R }}"}', withInputs);
    expect(job).toMatchObject({ decision: "undecided", reason: { text: expect.stringContaining("vars.R") } });
  });

  it("follows calls in called files, and names them in a row", () => {
    const middle = `on: workflow_call\njobs: {m: {uses: ./.github/workflows/leaf.yml}}`;
    const leaf = "on: workflow_call\njobs: {l: {runs-on: x}}";
    const [job] = call("", middle, { others: { ".github/workflows/leaf.yml": leaf } });
    expect(job).toMatchObject({ id: "a/m/l", name: "a / m / l" });
  });

  it.each([
    ["is not there", undefined, "there is no workflow file .github/workflows/called.yml"],
    ["cannot be called", "on: push\njobs: {b: {runs-on: x}}", "is not `on: workflow_call`"],
    ["cannot be read", "on: [", "is invalid"],
    ["calls itself", `on: workflow_call\njobs: {b: {uses: ./${called}}}`, "go deeper than 9 levels"],
    ["has a job that GitHub refuses", "on: workflow_call\njobs: {b: {steps: []}}", "lacks `runs-on`"],
  ])("refuses the file where the called one %s", (_what, file, said) => {
    expect(refusal(`uses: ./${called}`, file)).toContain(said);
  });

  it.each([
    ["a required input is missing", "secrets: inherit", 'the input "runner" is required'],
    ["an input is not declared", "secrets: inherit, with: {runner: x, nope: 1}", 'declares no input "nope"'],
    ["a number is a text", "secrets: inherit, with: {runner: x, count: many}", 'the input "count" has to be a number'],
    ["a boolean is a text", "secrets: inherit, with: {runner: x, big: 'true'}", 'the input "big" has to be a boolean'],
    ["a required secret is missing", "with: {runner: x}", 'requires the secret "TOKEN"'],
    ["a secret is not declared", "with: {runner: x}, secrets: {NOPE: x}", 'declares no secret "NOPE"'],
  ])("refuses the file where %s", (_what, job, said) => {
    expect(refusal(`uses: ./${called}, ${job}`, withInputs)).toContain(said);
  });

  it.each(["./../x.yml", "./.github//x.yml", "x.yml", "./.github/workflows/x.txt"])(
    "refuses the file where it uses %s",
    (uses) => {
      expect(refusal(`uses: ${uses}`, undefined)).toMatch(/names no workflow file|is no clean path/);
    },
  );

  it("stops at 4,096 jobs however calls multiply", () => {
    const wide = (next: string) =>
      `on: workflow_call\njobs:\n${Array.from({ length: 20 }, (_, n) => `  j${n}: {uses: ./.github/workflows/${next}}`).join("\n")}`;
    const files = { "a1.yml": wide("a2.yml"), "a2.yml": wide("a3.yml"), "a3.yml": wide("a4.yml"), "a4.yml": simple };
    const others = Object.fromEntries(Object.entries(files).map(([name, text]) => [`.github/workflows/${name}`, text]));
    const { decision, reason } = planned("on: push\njobs: {a: {uses: ./.github/workflows/a1.yml}}", { others });
    expect({ decision, code: reason.code }).toEqual({ decision: "undecided", code: "too-many-jobs" });
  });
});

describe("6-01 a job that calls a workflow of another repository", () => {
  const remote = "uses: acme/tools/.github/workflows/ci.yml@v1";

  it("is undecided: we do not read it", () => {
    expect(jobsOf(`  a: {${remote}}`)).toEqual([
      expect.objectContaining({
        id: "a",
        decision: "undecided",
        reason: expect.objectContaining({ code: "remote-workflow", text: expect.stringContaining("acme/tools") }),
      }),
    ]);
  });

  it("still waits, and is still skipped", () => {
    const jobs = jobsOf(`  p: {runs-on: x}\n  a: {needs: p, ${remote}}\n  b: {if: false, ${remote}}`);
    expect(jobs.map(({ decision }) => decision)).toEqual(["launch", "wait", "skip"]);
  });
});

describe("6-01 a job that calls a workflow, on Gitea", () => {
  const path = ".gitea/workflows/called.yml";
  const job = `  a: {uses: ./${path}}`;

  it("is one job up to 1.26, which its runner expands", () => {
    const jobs = jobsOf(job, { dialect: gitea126, others: { [path]: simple } });
    expect(jobs).toEqual([expect.objectContaining({ id: "a", labels: [], decision: "launch" })]);
  });

  it("is the called file's jobs from 1.27 on, under their own names", () => {
    const jobs = jobsOf(job, { dialect: gitea127, others: { [path]: simple } });
    expect(jobs.map(({ id, name }) => [id, name])).toEqual([
      ["a/build", "build"],
      ["a/test", "test"],
    ]);
  });

  it("tells the called file another event name", () => {
    const file = 'on: workflow_call\njobs: {b: {runs-on: "${{ github.event_name }}"}}';
    const [b] = jobsOf(job, { dialect: gitea127, others: { [path]: file } });
    expect(b?.labels).toEqual(["workflow_call"]);
  });

  it("looks at the called file only when it is the caller's turn", () => {
    const jobs = jobsOf(`  p: {runs-on: x}\n  a: {needs: p, uses: ./${path}}`, { dialect: gitea127 });
    expect(jobs[1]).toMatchObject({
      decision: "wait",
      reason: { text: expect.stringContaining("there is no workflow file") },
    });
  });
});
