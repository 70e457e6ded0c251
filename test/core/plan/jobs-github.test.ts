import { describe, expect, it } from "@jest/globals";
import { gitea126, jobOf, jobsOf, planned } from "./planned.ts";

function refusal(jobs: string): string {
  const { decision, reason } = planned(`on: push\njobs:\n${jobs}`);
  return `${decision} ${reason.line}:${reason.column} ${reason.text}`;
}

describe("6-01 what GitHub does about a job's `if`", () => {
  it.each([
    ["github.ref == 'refs/heads/main'", "launch", "condition-true"],
    ["${{ github.ref == 'refs/heads/main' }}", "launch", "condition-true"],
    ["github.ref == 'refs/heads/other'", "skip", "condition-false"],
    ["false", "skip", "condition-false"],
    ["true", "launch", "condition-true"],
    ["''", "launch", "condition-true"],
    ['"${{ false }} && ${{ false }}"', "launch", "condition-true"],
    ["\"${{ '' }}\"", "skip", "condition-false"],
    ['"!cancelled()"', "launch", "condition-true"],
    ["failure()", "skip", "condition-false"],
    ["vars.DEPLOY == 'yes'", "undecided", "condition-unknown"],
    ["github.event.head_commit.author.name != 'bot'", "undecided", "condition-unknown"],
    ["github.repository == 'acme/shop' && github.event_name == 'push'", "launch", "condition-true"],
    ["github.repository == 'other/fork' && vars.X", "skip", "condition-false"],
    ["github.event.pull_request.draft", "skip", "condition-false"],
    ["github.event.commits[0].message", "undecided", "condition-unknown"],
  ])("if: %s → %s", (condition, decision, code) => {
    expect(jobOf(`runs-on: x\nif: ${condition}`)).toMatchObject({ decision, reason: { code, line: 5 } });
  });

  it("knows variables where it is told them", () => {
    const given = { vars: { DEPLOY: "yes" } };
    expect(jobOf("runs-on: x\nif: vars.DEPLOY == 'yes'", given).decision).toBe("launch");
    expect(jobOf("runs-on: x\nif: vars.NOPE", given).decision).toBe("skip");
  });

  it.each([
    ["an unknown name", "matrix.v == 1", "Unrecognized named-value: 'matrix'"],
    ["half an expression", "github.ref ==", "Unexpected end of expression"],
    ["a list", "[a]", "if has to be an expression"],
  ])("refuses the file over %s", (_what, condition, said) => {
    expect(refusal(`  a:\n    runs-on: x\n    if: ${condition}`)).toContain(said);
  });

  it("makes one job of a skipped matrix, under its written name", () => {
    const job = "runs-on: x\nname: on ${{ matrix.v }}\nif: false\nstrategy: {matrix: {v: [1, 2]}}";
    expect(jobOf(job)).toMatchObject({ name: "on ${{ matrix.v }}", decision: "skip" });
  });

  it("waits where the `if` can only be decided after the needed job", () => {
    const [, b] = jobsOf("  a: {runs-on: x}\n  b: {needs: a, runs-on: x, if: needs.a.outputs.go}");
    expect(b).toMatchObject({ decision: "wait", reason: { code: "needs", text: "waits for a" } });
  });

  it.each([
    ["", "skip"],
    [", if: always()", "wait"],
    [", if: failure()", "wait"],
    [", if: success()", "skip"],
    [", if: true", "skip"],
  ])("a job that needs a skipped one%s: %s", (condition, decision) => {
    const [, b] = jobsOf(`  a: {runs-on: x, if: false}\n  b: {needs: a, runs-on: x${condition}}`);
    expect(b).toMatchObject({ decision });
  });

  it("quotes the `if` that decided", () => {
    expect(jobOf("runs-on: x\nif: github.ref  ==\n  'x'").reason.text).toBe("its `if` is false: \"github.ref == 'x'\"");
  });

  it("names the needed job that is skipped", () => {
    const [, b] = jobsOf("  a: {runs-on: x, if: false}\n  b: {needs: a, runs-on: x}");
    expect(b?.reason).toMatchObject({ code: "needs-skipped", text: "it needs a, which is skipped" });
  });

  it("leaves the `if` to the runner on Gitea, which needs a machine for it", () => {
    expect(jobOf("runs-on: x\nif: false", { dialect: gitea126 })).toMatchObject({
      decision: "launch",
      reason: { code: "condition-left", text: "only a runner looks at its `if`, so it needs a machine" },
    });
  });

  it("skips along a chain of needs", () => {
    const decisions = jobsOf("  c: {needs: b, runs-on: x}\n  b: {needs: a, runs-on: x}\n  a: {runs-on: x, if: false}");
    expect(decisions.map(({ id, decision }) => `${id} ${decision}`)).toEqual(["c skip", "b skip", "a skip"]);
  });
});

describe("6-01 the labels of a job on GitHub", () => {
  it.each([
    ["ubuntu-latest", ["ubuntu-latest"]],
    ["[self-hosted, Linux, linux]", ["self-hosted", "Linux"]],
    ["{group: big}", []],
    ["{group: org/big, labels: [x, y]}", ["x", "y"]],
    ["{labels: x}", ["x"]],
    ["5", ["5"]],
    ['"${{ fromJSON(\'[\\"x\\", \\"y\\"]\') }}"', ["x", "y"]],
    ['"${{ github.ref_name }}-big"', ["main-big"]],
    ['[x, "${{ github.event_name }}"]', ["x", "push"]],
    ['"a,b"', ["a,b"]],
  ])("runs-on: %s → %j", (runsOn, labels) => {
    expect(jobOf(`runs-on: ${runsOn}`)).toMatchObject({ labels, decision: "launch" });
  });

  it("names the group, which is no label", () => {
    expect(jobOf("runs-on: {group: big}").reason.text).toBe("needs no other job in the runner group big");
  });

  it("is undecided where a label needs a variable", () => {
    expect(jobOf("runs-on: ${{ vars.RUNNER || 'x' }}")).toMatchObject({
      labels: [],
      decision: "undecided",
      reason: { code: "labels-unknown", text: "runs-on needs vars.RUNNER, which only the forge knows now", line: 4 },
    });
  });

  it("1-04 does not launch a job with the label host", () => {
    expect(jobOf("runs-on: [x, host]")).toMatchObject({ decision: "skip", reason: { code: "host-label" } });
  });

  it.each([
    ["nothing", "null"],
    ["an empty text", "''"],
    ["an empty text in a list", "[x, '']"],
    ["an unknown key", "{label: x}"],
    ["a group in a group", "{group: a/b/c}"],
    ["a group of a strange kind", "{group: team/b}"],
    ["a list in a list", "[[x]]"],
    ["a wrong expression", '"${{ nope.x }}"'],
  ])("refuses the file where runs-on is %s", (_what, runsOn) => {
    expect(refusal(`  a:\n    runs-on: ${runsOn}`)).toMatch(/^invalid 4:\d+ jobs.a.runs-on: /);
  });
});

describe("6-01 the names of jobs on GitHub", () => {
  it.each([
    ["", "a"],
    ["name: Pretty", "Pretty"],
    ["name: ''", "a"],
    ["name: on ${{ github.ref_name }}", "on main"],
    ["name: in ${{ vars.ZONE }}", "in ${{ vars.ZONE }}"],
    ["strategy: {matrix: {v: [1]}}", "a (1)"],
    ["name: Pretty\nstrategy: {matrix: {v: [1]}}", "Pretty (1)"],
    ["name: v${{ matrix.v }}\nstrategy: {matrix: {v: [1]}}", "v1"],
    ["name: ${{ strategy.job-index }} of ${{ strategy.job-total }}\nstrategy: {matrix: {v: [x]}}", "0 of 1"],
  ])("%j is shown as %s", (job, name) => {
    expect(jobOf(`runs-on: x\n${job}`).name).toBe(name);
  });

  it("refuses the file where a name has a wrong expression", () => {
    expect(refusal('  a: {runs-on: x, name: "${{ secrets.A }}"}')).toContain("jobs.a.name: Unrecognized named-value");
  });
});

describe("6-01 the needs of jobs on GitHub", () => {
  it("takes ids in any case", () => {
    const [, b] = jobsOf("  Build: {runs-on: x}\n  b: {needs: build, runs-on: x}");
    expect(b).toMatchObject({ needs: ["Build"], decision: "wait" });
  });

  it.each([
    ["an unknown job", "  a: {runs-on: x, needs: [b, zz]}\n  b: {runs-on: x}", 'no job is named "zz"'],
    ["itself", "  a: {runs-on: x, needs: a}", "needs itself: a → a"],
    [
      "a circle",
      "  a: {runs-on: x, needs: c}\n  b: {runs-on: x, needs: a}\n  c: {runs-on: x, needs: b}",
      "a → c → b → a",
    ],
  ])("refuses the file where a job needs %s", (_what, jobs, said) => {
    expect(refusal(jobs)).toMatch(/^invalid/);
    expect(refusal(jobs)).toContain(said);
  });

  it("walks long chains and wide fans in linear time", () => {
    const chain = Array.from({ length: 1000 }, (_, n) => `  j${n}: {runs-on: x${n > 0 ? `, needs: j${n - 1}` : ""}}`);
    expect(jobsOf(chain.join("\n"))).toHaveLength(1000);
  });
});

describe("6-01 files that GitHub refuses over a job", () => {
  it.each([
    ["an unknown key", "  a: {runs-on: x, zzz: 1}", '3:19 jobs.a: knows no key "zzz"'],
    ["no runs-on", "  a: {steps: []}", "3:6 jobs.a: lacks `runs-on`"],
    ["a caller with steps", "  a: {uses: ./.github/workflows/b.yml, steps: []}", 'jobs.a: knows no key "steps"'],
    ["steps that are no list", "  a: {runs-on: x, steps: {}}", "jobs.a.steps: has to be a list"],
    [
      "a timeout that is no number",
      "  a: {runs-on: x, timeout-minutes: soon}",
      "jobs.a.timeout-minutes: has to be a number",
    ],
    ["an id with a dot", "  a.b: {runs-on: x}", "jobs.a.b: a job's id has to begin with a letter or _"],
    ["an id of two underscores", "  __a: {runs-on: x}", "a job's id has to begin"],
    ["needs that are nothing", "  a: {runs-on: x, needs: null}", "jobs.a.needs: must not be empty"],
  ])("%s", (_what, jobs, said) => {
    expect(refusal(jobs)).toContain(said);
  });
});

describe("6-01 timeout-minutes", () => {
  it.each([
    ["7", 7],
    ["${{ fromJSON('15') }}", 15],
    ["${{ vars.T }}", undefined],
    ["0", undefined],
  ])("%s → %s", (written, minutes) => {
    expect(jobOf(`runs-on: x\ntimeout-minutes: ${written}`).timeoutMinutes).toBe(minutes);
  });
});
