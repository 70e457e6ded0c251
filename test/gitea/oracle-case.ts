import type { CommitPlan, FileChange } from "../fakes/scratch-repository.ts";
import type { Rule } from "./rules.ts";

/** One push (or pull request) made to show one rule, with as many workflow files as show it well. */
export interface OracleCase {
  readonly rule: Rule;
  /** What is special in this one. */
  readonly note: string;
  readonly commits: readonly CommitPlan[];
  /** Pushed first and waited for: full ref → name of a commit. */
  readonly before?: Readonly<Record<string, string>>;
  readonly act: Act;
  /** The canary cannot run here (nothing does, or in another directory): a later push tells that the server is through. */
  readonly silent?: boolean;
  /** Paths of workflows to switch off before. */
  readonly disable?: readonly string[];
}

export type Act =
  | {
      readonly kind: "push";
      readonly ref: string;
      readonly to: string;
      readonly annotated?: true;
      readonly besides?: Readonly<Record<string, string>>;
    }
  /** The `create` or `delete` event of a ref. */
  | { readonly kind: "create" | "delete"; readonly ref: string; readonly to: string }
  | {
      readonly kind: "pull";
      readonly head: string;
      readonly base: string;
      readonly title?: string;
      /** The runs of `pull_request_target` are judged, not those of `pull_request`. */
      readonly target?: true;
      /** What is done to the open pull request, the last one judged; without any, its opening is. */
      readonly steps?: readonly PullStep[];
    };

export type PullStep =
  | { readonly kind: "close" | "reopen" | "merge" | "add-label" | "clear-labels" | "assign" }
  | { readonly kind: "edit"; readonly title: string }
  | { readonly kind: "push"; readonly to: string };

export type Workflows = Readonly<Record<string, string>>;

const oneStep = 'steps: [{ run: "true" }]';
export const oneJob = `jobs:\n  j: { runs-on: u, ${oneStep} }\n`;

/** A workflow with one job and this value of `on:`, on one line or indented below. */
export function on(value: string): string {
  return value.startsWith("\n") ? `on:${value}\n${oneJob}` : `on: ${value}\n${oneJob}`;
}

/** A workflow on push with these lines below `jobs:`; `STEPS` stands for a step that needs nothing. */
export function jobs(lines: string): string {
  return `on: push\njobs:\n${lines.replaceAll("STEPS", oneStep)}\n`;
}

/** Made last, in name order and so by the server: its run says that all the others of this event are made. */
export const canary = on("{ push: , create: , delete: , pull_request: { types: ['*'] } }");
export const CANARY = "zz-canary.yml";

export function inDirectory(workflows: Workflows, directory = ".gitea/workflows"): Readonly<Record<string, string>> {
  const all = { ...workflows, [CANARY]: canary };
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [`${directory}/${name}`, text]));
}

/** The files that every case starts from. */
export const start: Readonly<Record<string, FileChange>> = {
  "README.md": "readme\n",
  "docs/a.md": "a\n",
  "src/app.ts": "app\n",
  "src/lib/deep.ts": "deep\n",
  "run.sh": "#!/bin/sh\n",
};

const base: CommitPlan = { name: "base", files: start };

export interface Simple {
  readonly rule: Rule;
  readonly note: string;
  readonly workflows: Workflows;
  /** Short branch name; `feature` where it does not matter. */
  readonly branch?: string;
  readonly change?: Readonly<Record<string, FileChange>>;
  readonly message?: string;
  readonly silent?: boolean;
}

/** A new branch: its head commit changes `docs/a.md`, or what the case says; its parent brings the workflows. */
export function newBranch({ rule, note, workflows, branch = "feature", change, message, silent }: Simple): OracleCase {
  return {
    rule,
    note,
    commits: [
      base,
      { name: "setup", from: ["base"], files: inDirectory(workflows) },
      { name: "head", from: ["setup"], files: change ?? { "docs/a.md": "b\n" }, ...(message ? { message } : {}) },
    ],
    before: { "refs/heads/main": "base" },
    act: { kind: "push", ref: `refs/heads/${branch}`, to: "head" },
    ...(silent ? { silent } : {}),
  };
}

/** A branch that exists already and moves from the commit `setup` to `head`. */
export function update({
  commits = [],
  from = ["setup"],
  ...simple
}: Simple & { readonly commits?: readonly CommitPlan[]; readonly from?: readonly string[] }): OracleCase {
  const { branch = "feature", change, message } = simple;
  const made = newBranch(simple);
  const head: CommitPlan = {
    name: "head",
    from,
    files: change ?? { "docs/a.md": "b\n" },
    ...(message ? { message } : {}),
  };
  return {
    ...made,
    commits: [...made.commits.slice(0, 2), ...commits, head],
    before: { "refs/heads/main": "base", [`refs/heads/${branch}`]: "setup" },
  };
}

/** A new tag on a commit that changes nothing of its own but the workflows. */
export function newTag({
  tag = "v1.0",
  annotated,
  ...simple
}: Omit<Simple, "branch"> & { readonly tag?: string; readonly annotated?: true }): OracleCase {
  const made = newBranch(simple);
  return { ...made, act: { kind: "push", ref: `refs/tags/${tag}`, to: "head", ...(annotated ? { annotated } : {}) } };
}

/** A pull request from `feature` into `main`; the workflows come with its head. */
export function pull(
  simple: Omit<Simple, "branch"> & {
    readonly base?: string;
    readonly title?: string;
    readonly steps?: readonly PullStep[];
  },
): OracleCase {
  const { base: into = "main", title, steps } = simple;
  return {
    ...newBranch(simple),
    before: { "refs/heads/main": "base", [`refs/heads/${into}`]: "base", "refs/heads/feature": "head" },
    act: { kind: "pull", head: "feature", base: into, ...(title ? { title } : {}), ...(steps ? { steps } : {}) },
  };
}
