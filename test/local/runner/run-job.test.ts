import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type JobBench, jobBench, steps } from "./job-bench.ts";

let bench: JobBench;
beforeEach(() => {
  bench = jobBench();
});
afterEach(() => bench.close());

describe("the built-in runner", () => {
  it("checks the commit out on its branch, with its history", async () => {
    bench.repository.commit({ "a.txt": "old" }, "first");

    const { lines, conclusion, sha } = await bench.serve(
      steps(`
- uses: actions/checkout@v4
- run: cat a.txt; git log --format=%s; git rev-parse HEAD; git symbolic-ref HEAD
`),
      { files: { "a.txt": "new\n" } },
    );

    expect(conclusion).toBe("success");
    expect(lines).toEqual(
      expect.arrayContaining(["checked out already", "new", "a change", "first", sha, "refs/heads/main"]),
    );
  });

  it("fails a job whose script fails, and leaves out what comes after", async () => {
    const { lines, conclusion } = await bench.serve(steps("- run: exit 3\n- run: echo never"));

    expect(conclusion).toBe("failure");
    expect(lines).toContain("##[error]The script ended with exit code 3");
    expect(lines).not.toContain("never");
    expect(lines).toContain("skipped: Run echo never");
  });

  it("runs afterwards what asks for it", async () => {
    const { lines, conclusion } = await bench.serve(
      steps(`
- { id: bad, run: exit 1 }
- { if: always(), run: 'echo always \${{ job.status }} \${{ steps.bad.outcome }}' }
- { if: failure(), run: echo on failure }
- { if: success(), run: echo on success }
- { if: cancelled(), run: echo on cancel }
- { if: "steps.bad.conclusion == 'failure'", run: echo without a status function }
`),
    );

    expect(conclusion).toBe("failure");
    expect(lines.filter((line) => line.startsWith("always ") || line.startsWith("on "))).toEqual([
      "always failure failure",
      "on failure",
    ]);
  });

  it("goes on after a step that may fail", async () => {
    const { lines, conclusion } = await bench.serve(
      steps(`
- { id: bad, continue-on-error: true, run: exit 1 }
- run: echo \${{ steps.bad.outcome }} then \${{ steps.bad.conclusion }}
`),
    );

    expect(conclusion).toBe("success");
    expect(lines).toContain("failure then success");
  });

  it("takes env from workflow, job and step, the nearest first", async () => {
    const workflow = `env: { A: workflow, B: workflow, C: workflow, D: "\${{ github.ref_name }}" }\n${steps(
      `
- env: { C: step }
  run: echo "$A $B $C $D" \${{ env.A }} \${{ env.B }} \${{ env.C }}
`,
      "env: { B: job, C: job }",
    )}`;

    const { lines } = await bench.serve(workflow);

    expect(lines).toContain("workflow job step main workflow job step");
  });

  it("takes what steps write to its files", async () => {
    const { lines, outputs } = await bench.serve(
      steps(
        `
- id: one
  run: |
    echo "NAME=value with = in it" >> "$GITHUB_ENV"
    printf 'LONG<<EOF\\nfirst\\nsecond\\nEOF\\n' >> "$GITHUB_ENV"
    echo "answer=42" >> "$GITHUB_OUTPUT"
    echo "::set-output name=old::way"
    mkdir bin && printf '#!/bin/sh\\necho from my tool\\n' > bin/mytool && chmod +x bin/mytool
    echo "$PWD/bin" >> "$GITHUB_PATH"
    echo "# Well done" >> "$GITHUB_STEP_SUMMARY"
- run: |
    echo "$NAME"; echo "$LONG" | tr '\\n' '+'; echo
    mytool
    echo \${{ steps.one.outputs.answer }} \${{ steps.one.outputs.old }} \${{ env.NAME }}
`,
        "outputs: { result: '${{ steps.one.outputs.answer }}', none: '${{ steps.no.outputs.x }}' }",
      ),
    );

    expect(lines).toEqual(
      expect.arrayContaining([
        "value with = in it",
        "first+second+",
        "from my tool",
        "42 way value with = in it",
        "# Well done",
      ]),
    );
    expect(outputs).toEqual({ result: "42", none: "" });
  });

  it("refuses variables that would change the runner", async () => {
    const { lines } = await bench.serve(
      steps(`
- run: echo "GITHUB_SHA=x" >> "$GITHUB_ENV"; echo "NODE_OPTIONS=x" >> "$GITHUB_ENV"
- env: { GITHUB_SHA: mine, CI: no }
  run: test "$CI" = true && test "\${#GITHUB_SHA}" = 40 && test -z "$NODE_OPTIONS" && echo fixed
`),
    );

    expect(lines).toContain("##[warning]GITHUB_ENV may not set GITHUB_SHA: left out");
    expect(lines).toContain("##[warning]GITHUB_ENV may not set NODE_OPTIONS: left out");
    expect(lines).toContain("fixed");
  });

  it("hides masked values, its own token too", async () => {
    const { lines } = await bench.serve(
      steps(`
- run: |
    echo "::add-mask::swordfish"
    echo "::add-mask::sword"
    echo "the swordfish and the sword and marker-machine-token"
`),
    );

    expect(lines).toContain("the *** and the *** and ***");
    expect(lines.slice(lines.indexOf("##[endgroup]")).filter((line) => line === "::add-mask::swordfish")).toEqual([]);
  });

  it("runs in the folder that step, job or workflow name", async () => {
    const { lines, conclusion } = await bench.serve(
      steps(
        `
- run: echo "one $(basename "$PWD")"
- { working-directory: b, run: 'echo "two $(basename "$PWD")"' }
- { working-directory: missing, run: echo never }
`,
        "defaults: { run: { working-directory: a } }",
      ),
      { files: { "a/x": "", "b/x": "" } },
    );

    expect(lines).toEqual(expect.arrayContaining(["one a", "two b"]));
    expect(lines.find((line) => line.startsWith("##[error]"))).toMatch(/no program bash, or no folder .*missing$/);
    expect(conclusion).toBe("failure");
  });

  it.each([
    { shell: "bash", script: "false | true; echo never", conclusion: "failure", because: "bash has pipefail" },
    { shell: "sh", script: "false | true; echo went on", conclusion: "success", because: "sh has not" },
    { shell: "sh", script: "false; echo never", conclusion: "failure", because: "sh stops at errors" },
    { shell: "bash -u {0}", script: "echo $NOPE; echo never", conclusion: "failure", because: "a shell of one's own" },
    { shell: "fish", script: "echo never", conclusion: "failure", because: "no shell of the forges" },
  ])("$shell ends in $conclusion: $because", async ({ shell, script, conclusion }) => {
    const served = await bench.serve(steps(`- { shell: '${shell}', run: '${script}' }`));

    expect(served.conclusion).toBe(conclusion);
    expect(served.lines).not.toContain("never");
  });

  it("without a shell's name is bash without pipefail", async () => {
    const { conclusion } = await bench.serve(steps("- run: false | true; [[ a == a ]]"));

    expect(conclusion).toBe("success");
  });

  it("ends a step at its limit, with all that it started", async () => {
    const { lines, conclusion } = await bench.serve(
      steps("- { timeout-minutes: 0.01, run: 'sleep 1000 & sleep 1000' }\n- { if: always(), run: echo after }"),
    );

    expect(conclusion).toBe("failure");
    expect(lines).toContain("##[error]The script was ended: its time was over");
    expect(lines).toContain("after");
  });

  it.each([
    { path: ".github/workflows/w.yml", then: "cancelled" },
    { path: ".gitea/workflows/w.yml", then: "failure" },
  ])("ends a job at its limit as $then in $path", async ({ path, then }) => {
    const { lines, conclusion } = await bench.serve(
      steps("- run: sleep 1000\n- run: echo never\n- { if: always(), run: echo after }", "timeout-minutes: 0.01"),
      { path },
    );

    expect(conclusion).toBe(then);
    expect(lines).toContain("after");
    expect(lines).not.toContain("never");
  });

  it("does not wait for what a step left running", async () => {
    const { conclusion, lines } = await bench.serve(steps("- run: sleep 10000 & echo $!"));

    expect(conclusion).toBe("success");
    const left = Number(lines.find((line) => /^\d+$/.test(line)));
    expect(process.kill(left, "SIGKILL")).toBe(true);
  });

  it("puts expressions into scripts as the forges do", async () => {
    const { lines, sha } = await bench.serve(
      steps(
        `- run: echo \${{ github.sha }} \${{ github.repository }} \${{ github.event.ref }} \${{ runner.os }} [\${{ secrets.X }}]`,
      ),
    );

    expect(lines).toContain(`${sha} local/shop refs/heads/main Linux []`);
  });

  it("knows gitea by both names", async () => {
    const { lines } = await bench.serve(
      steps(`- run: echo \${{ gitea.ref_name }} \${{ github.ref_name }} $GITEA_ACTIONS`),
      {
        path: ".gitea/workflows/w.yml",
      },
    );

    expect(lines).toContain("main main true");
  });

  it("says where an expression is wrong", async () => {
    const { lines, conclusion } = await bench.serve(steps("- run: echo ${{ nope.x }}"));

    expect(conclusion).toBe("failure");
    expect(lines.find((line) => line.startsWith("##[error]"))).toMatch(/^##\[error\]run in line 6: /);
  });
});

describe("jobs of a workflow", () => {
  const matrix = steps(
    "- run: echo combination ${{ matrix.os }}-${{ matrix.n }}",
    "strategy: { matrix: { os: [a, b], n: [1, 2] } }",
  );

  it.each([
    { matrixIndex: 0, then: "a-1" },
    { matrixIndex: 1, then: "a-2" },
    { matrixIndex: 2, then: "b-1" },
  ])("of a matrix get their combination: $then", async ({ matrixIndex, then }) => {
    expect((await bench.serve(matrix, { matrixIndex })).lines).toContain(`combination ${then}`);
  });

  it("see what the jobs they need came to", async () => {
    const { lines } = await bench.serve(
      steps("- run: echo ${{ needs.build.result }} ${{ needs.build.outputs.v }}", "needs: build"),
      {
        needs: { build: { result: "success", outputs: { v: "7" } } },
      },
    );

    expect(lines).toContain("success 7");
  });

  it.each([
    { condition: "", result: "success", then: "success" },
    { condition: "", result: "failure", then: "skipped" },
    { condition: "if: always()", result: "failure", then: "success" },
    { condition: "if: failure()", result: "failure", then: "success" },
    { condition: "if: failure()", result: "success", then: "skipped" },
    { condition: "if: needs.build.result == 'success'", result: "skipped", then: "skipped" },
    { condition: "if: github.ref == 'refs/heads/other'", result: "success", then: "skipped" },
  ])("with `$condition` after $result end in $then", async ({ condition, result, then }) => {
    const { conclusion } = await bench.serve(steps("- run: echo", `needs: build\n${condition}`), {
      needs: { build: { result, outputs: {} } },
    });

    expect(conclusion).toBe(then);
  });

  it("may fail where the file says so", async () => {
    expect((await bench.serve(steps("- run: exit 1", "continue-on-error: true"))).conclusion).toBe("success");
  });

  it.each(["container: node:20", "services: { db: { image: postgres } }"])(
    "refuse `%s` in a sentence",
    async (keys) => {
      const { lines, conclusion } = await bench.serve(steps("- run: echo never", keys));

      expect(conclusion).toBe("failure");
      expect(lines.at(-1)).toMatch(/that takes a real runner, of Gitea or GitHub, not the built-in one$/);
    },
  );

  it("of a called workflow are refused in a sentence", async () => {
    const { lines, conclusion } = await bench.serve(steps("- run: echo never"), { job: "call/test" });

    expect(conclusion).toBe("failure");
    expect(lines.at(-1)).toContain('job "call/test" belongs to a called workflow: that takes a real runner');
  });

  it("that are not there are told by name", async () => {
    const { lines, conclusion } = await bench.serve(steps("- run: echo"), { job: "deploy" });

    expect(conclusion).toBe("failure");
    expect(lines.at(-1)).toBe('##[error].github/workflows/w.yml has no job "deploy"');
  });

  it("leave out outputs that are too long", async () => {
    const { lines, outputs } = await bench.serve(
      steps(
        `- { id: x, run: 'printf "big=%020000d" 1 >> "$GITHUB_OUTPUT"' }`,
        "outputs: { big: '${{ steps.x.outputs.big }}' }",
      ),
    );

    expect(outputs).toEqual({});
    expect(lines.at(-1)).toContain("longer than 16384 characters");
  });
});

describe("uses", () => {
  it.each([
    "actions/setup-node@v4",
    "docker://alpine:3",
    "https://gitea.com/actions/cache@v4",
    "evil/actions/checkout@v4",
  ])("%s is refused, and the job goes on as after any failure", async (uses) => {
    const { lines, conclusion } = await bench.serve(steps(`- uses: ${uses}\n- { if: always(), run: echo after }`));

    expect(conclusion).toBe("failure");
    expect(lines.find((line) => line.startsWith("##[error]"))).toContain(`${uses} is a`);
    expect(lines.find((line) => line.startsWith("##[error]"))).toContain("takes a real runner, of Gitea or GitHub");
    expect(lines).toContain("after");
  });

  it.each(["actions/checkout@v4", "https://github.com/actions/checkout@v4"])("%s is done already", async (uses) => {
    expect((await bench.serve(steps(`- uses: ${uses}`))).conclusion).toBe("success");
  });

  it("actions/checkout of another repository is refused", async () => {
    const { lines } = await bench.serve(steps("- { uses: actions/checkout@v4, with: { repository: a/b } }"));

    expect(lines.find((line) => line.startsWith("##[error]"))).toContain("cannot follow with.repository");
  });

  const greet = `
name: greet
inputs:
  who: { default: world }
  mark: { default: "\${{ github.ref_name }}" }
outputs:
  text: { value: "\${{ steps.say.outputs.text }}" }
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      run: |
        echo "text=hello \${{ inputs.who }} \${{ inputs.mark }} $OUTER" >> "$GITHUB_OUTPUT"
        cat "$GITHUB_ACTION_PATH/data.txt"
    - shell: bash
      run: echo "SET=inside" >> "$GITHUB_ENV"
`;
  const files = { "actions/greet/action.yml": greet, "actions/greet/data.txt": "beside the action\n" };

  it("a local composite action gets inputs and hands back outputs", async () => {
    const { lines, conclusion } = await bench.serve(
      steps(`
- { id: a, uses: ./actions/greet, with: { WHO: you }, env: { OUTER: outer } }
- run: echo "\${{ steps.a.outputs.text }} $SET [\${{ steps.say.outputs.text }}] [\${{ inputs.who }}] [$OUTER]"
`),
      { files },
    );

    expect(conclusion).toBe("success");
    expect(lines).toEqual(expect.arrayContaining(["beside the action", "hello you main outer inside [] [] []"]));
  });

  it("a local composite action that fails fails its step", async () => {
    const action = "runs: { using: composite, steps: [{ shell: sh, run: exit 1 }, { shell: sh, run: echo never }] }";
    const { lines, conclusion } = await bench.serve(steps("- uses: ./bad\n- run: echo never"), {
      files: { "bad/action.yaml": action },
    });

    expect(conclusion).toBe("failure");
    expect(lines).not.toContain("never");
  });

  it.each([
    { given: "runs: { using: node20, main: x.js }", then: "no composite action" },
    { given: "runs: { using: docker, image: x }", then: "no composite action" },
    { given: "name: [", then: "bad/action.yml" },
    { given: "just text", then: "an action has to be a mapping" },
    { given: "runs: { using: composite }", then: "steps has to be a list" },
    { given: "runs: { using: composite, steps: [{ uses: ./bad }] }", then: "more than 10 deep" },
  ])("an action of `$given` is refused", async ({ given, then }) => {
    const { lines, conclusion } = await bench.serve(steps("- uses: ./bad"), { files: { "bad/action.yml": given } });

    expect(conclusion).toBe("failure");
    expect(lines.find((line) => line.startsWith("##[error]"))).toContain(then);
  });

  it.each(["./missing", "./../../../../../etc"])("%s is no action of this commit", async (uses) => {
    const { lines, conclusion } = await bench.serve(steps(`- uses: ${uses}`));

    expect(conclusion).toBe("failure");
    expect(lines.find((line) => line.startsWith("##[error]"))).toMatch(/no folder|outside the workspace/);
  });
});

describe("T12, T13: hostile names", () => {
  const hostile = ["$(touch${IFS}pwned)", "--upload-pack=pwned", "`touch${IFS}pwned`", ";touch${IFS}pwned"];

  it.each(hostile)("a branch called %s runs nothing", async (name) => {
    const { conclusion, workspace, lines } = await bench.serve(steps('- run: echo "$GITHUB_REF_NAME"'), {
      ref: `refs/heads/${name}`,
    });

    expect(conclusion).toBe("success");
    expect(lines).toContain(name);
    expect([...readdirSync(workspace), ...readdirSync(process.cwd())].filter((file) => file.includes("pwned"))).toEqual(
      [],
    );
  });

  it.each([
    { name: "main", because: "no full ref" },
    { name: "--help", because: "an option" },
  ])("a ref $name is refused: $because", async ({ name }) => {
    const { conclusion, lines } = await bench.serve(steps("- run: echo never"), { ref: name });

    expect(conclusion).toBe("failure");
    expect(lines).not.toContain("never");
  });

  it("a repository's own hooks, templates and submodules do not come along", async () => {
    bench.repository.git("config", "core.hooksPath", "hooks");
    const { workspace, conclusion } = await bench.serve(steps("- run: 'true'"), {
      files: {
        "hooks/post-checkout": "#!/bin/sh\ntouch pwned\n",
        ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch pwned"\n',
      },
    });

    expect(conclusion).toBe("success");
    expect(existsSync(join(workspace, "pwned"))).toBe(false);
    expect(readdirSync(join(workspace, ".git"))).not.toContain("hooks");
  });
});
