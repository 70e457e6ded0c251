import { type Dialect, github } from "../../../lib/core/dialect.ts";
import type { JobDecision, WorkflowDecision } from "../../../lib/core/plan/decision.ts";
import { type PlanInput, planEvent } from "../../../lib/core/plan/plan.ts";
import type { TriggerEvent } from "../../../lib/core/trigger/trigger-input.ts";

export interface Given {
  readonly dialect?: Dialect;
  readonly event?: Partial<TriggerEvent>;
  readonly vars?: Readonly<Record<string, string>>;
  /** More workflow files of the same commit, by path. */
  readonly others?: Readonly<Record<string, string>>;
}

/** What the engine makes of one workflow file on a push of `acme/shop` to main, unless told otherwise. */
export function planned(text: string, { dialect = github, event, vars, others = {} }: Given = {}): WorkflowDecision {
  const path = dialect.forge === "gitea" ? ".gitea/workflows/a.yml" : ".github/workflows/a.yml";
  const input: PlanInput = {
    dialect,
    event: {
      name: "push",
      ref: "refs/heads/main",
      after: "a".repeat(40),
      repository: "acme/shop",
      sender: "ada",
      ...event,
    },
    files: [{ path, text }, ...Object.entries(others).map(([other, content]) => ({ path: other, text: content }))],
    changed: undefined,
    ...(vars && { vars }),
  };
  const found = planEvent(input).workflows.find((workflow) => workflow.path === path);
  if (!found) throw new Error("the engine lost the file");
  return found;
}

/** The jobs of a file that has to run: `jobs` are the lines below `jobs:`. */
export function jobsOf(jobs: string, given: Given = {}): readonly JobDecision[] {
  const { decision, reason, jobs: made } = planned(`on: push\njobs:\n${jobs}`, given);
  if (decision !== "run") throw new Error(`${decision}: ${reason.text}`);
  return made;
}

/** The one job of a file. */
export function jobOf(job: string, given: Given = {}): JobDecision {
  const [made, more] = jobsOf(`  a:\n${indent(job)}`, given);
  if (!made || more) throw new Error("one job was expected");
  return made;
}

export function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

export const gitea126: Dialect = { forge: "gitea", version: [1, 26, 3] };
export const gitea127: Dialect = { forge: "gitea", version: [1, 27, 3] };
