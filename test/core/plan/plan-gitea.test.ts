import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import type { JobDecision } from "../../../lib/core/plan/decision.ts";
import { planEvent } from "../../../lib/core/plan/plan.ts";

/** What a real Gitea 1.26.3 (and 1.25.4) made of 55 workflow files on a push to main; `null`: no run. */
interface Recording {
  readonly ref: string;
  readonly repository: string;
  readonly workflows: readonly {
    readonly file: string;
    readonly workflow: string;
    readonly jobs: readonly { name: string; labels: readonly string[]; status: string }[] | null;
  }[];
}

const recording: Recording = JSON.parse(readFileSync("test/fixtures/gitea/jobs-1.26.3.json", "utf8"));

describe.each([
  ["1.26.3", [1, 26, 3]],
  ["1.25.4", [1, 25, 4]],
] as const)("6-01 the jobs that Gitea %s makes of a push", (_name, version) => {
  it.each(recording.workflows.map(({ file, ...rest }) => ({ file, ...rest })))("$file", ({ file, workflow, jobs }) => {
    const { workflows } = planEvent({
      dialect: { forge: "gitea", version },
      event: { name: "push", ref: recording.ref, repository: recording.repository },
      files: [{ path: `.gitea/workflows/${file}`, text: workflow }],
      changed: undefined,
      vars: {},
    });
    const [decided] = workflows;
    expect(decided?.decision === "run" ? decided.jobs.map(recorded) : null).toEqual(jobs);
  });
});

describe("6-01 the jobs that Gitea's planner makes of random files", () => {
  const { workflows, vars }: Sample = JSON.parse(readFileSync("test/fixtures/gitea/planned-1.26.0.json", "utf8"));

  it.each(workflows.map(({ workflow, jobs }, index) => ({ index, workflow, jobs })))(
    "number $index",
    ({ workflow, jobs }) => {
      const { workflows } = planEvent({
        dialect: { forge: "gitea", version: [1, 26, 0] },
        event: { name: "push", ref: "refs/heads/main", after: "abc", repository: "o/r", sender: "ada" },
        files: [{ path: ".gitea/workflows/a.yml", text: workflow }],
        changed: undefined,
        vars,
      });
      const [decided] = workflows;
      expect(decided?.decision === "run" ? decided.jobs.map(recorded) : null).toEqual(jobs);
    },
  );
});

interface Sample {
  readonly vars: Readonly<Record<string, string>>;
  readonly workflows: readonly { workflow: string; jobs: readonly unknown[] | null }[];
}

/** A job waits at Gitea exactly when it needs another; one that we never serve is queued there all the same. */
function recorded({ name, labels, needs }: JobDecision) {
  return { name, labels, status: needs.length > 0 ? "waiting" : "queued" };
}
