import { type Dialect, giteaFrom } from "../dialect.ts";
import type { Position, Problem } from "../errors.ts";
import { quote } from "../quote.ts";
import type { Reason } from "../reason.ts";
import { suggestion } from "../suggestion.ts";
import type { WorkflowSource } from "../trigger/trigger-input.ts";
import { findMergeKey, mergeKeys } from "./merge-keys.ts";
import type { OnReading, Trigger } from "./on.ts";
import { readOn } from "./read-on.ts";
import { readYaml } from "./read-yaml.ts";
import { maxProblems } from "./yaml-convert.ts";
import type { Entry, Mapping, Tree } from "./yaml-tree.ts";

/** A workflow file that its forge would read: what it is called, what starts it, and its jobs. */
export interface Workflow {
  readonly path: string;
  /** Its own `name:`; forges show the path where it has none. */
  readonly name?: string;
  readonly on: Tree;
  readonly onAt: Position;
  /** What `on:` says, read by the forge's rules. */
  readonly triggers: readonly Trigger[];
  readonly jobs: Mapping;
  /** The whole document: `env`, `defaults`, `concurrency`, … */
  readonly root: Mapping;
}

export type WorkflowReading =
  | { readonly kind: "workflow"; readonly workflow: Workflow }
  /** The forge makes no run of it. `stopsDetection`: nor of any file after it in path order, for any event. */
  | { readonly kind: "invalid"; readonly problems: readonly Problem[]; readonly stopsDetection: boolean }
  | { readonly kind: "too-big"; readonly reason: Reason };

/** What GitHub knows at a file's first level; anything else makes the file invalid there. Gitea ignores it. */
const githubKeys = ["name", "run-name", "description", "on", "permissions", "env", "defaults", "concurrency", "jobs"];

/** Reads a workflow file by its forge's rules; all problems at once, each placed. */
export function readWorkflow(dialect: Dialect, { path, text }: WorkflowSource): WorkflowReading {
  if (dialect.forge === "gitea" && /^\ufeff?%YAML (?!1\.1\s)/.test(text)) {
    return invalid([{ file: path, at: { line: 1, column: 1 }, text: "Gitea reads no version of YAML but 1.1" }]);
  }
  const yaml = readYaml(path, text);
  if (yaml.kind === "too-big") return yaml;
  if (yaml.kind === "invalid") return { ...yaml, stopsDetection: false };
  const twice = yaml.duplicates.filter(({ path }) => dialect.forge === "github" || !isUnread(path));
  if (twice.length > 0) return invalid(twice.slice(0, maxProblems).map(({ problem }) => problem));

  // rule merge-keys-until-1-27-3: Gitea carries them out, then refuses them
  const refusesMerges = giteaFrom(dialect, 1, 27, 3);
  const mergeAt = refusesMerges ? findMergeKey(yaml.root) : undefined;
  if (mergeAt) return invalid([{ file: path, at: mergeAt, text: "merge keys (`<<`) are not supported here" }]);
  const found = dialect.forge === "gitea" ? mergeKeys(yaml.root) : yaml.root;
  if (found.kind !== "mapping") {
    return invalid([{ file: path, at: found.at, text: "a workflow file has to be a mapping with `on:` and `jobs:`" }]);
  }
  const on = entryOf(found, "on");
  const jobs = entryOf(found, "jobs");
  const { triggers, problems: onProblems } = on ? readOn(dialect, path, on.value) : missingOn(path, found);
  const problems = [
    ...(dialect.forge === "github" ? githubProblems(path, found) : []),
    ...onProblems,
    ...jobsProblems(dialect, path, found, jobs?.value),
  ];
  const stopsDetection = hasNullJob(jobs?.value) && dialect.forge === "gitea" && !giteaFrom(dialect, 1, 26);
  if (problems.length > 0 || !on || jobs?.value.kind !== "mapping") return { ...invalid(problems), stopsDetection };
  const name = textOf(found, "name");
  return {
    kind: "workflow",
    workflow: {
      path,
      ...(name ? { name } : {}),
      on: on.value,
      onAt: on.keyAt,
      triggers,
      jobs: jobs.value,
      root: found,
    },
  };
}

/** Does Gitea keep this part of a file as it is until it needs it? Only then it does not notice a key that stands twice. */
function isUnread(path: readonly string[]): boolean {
  const [first, , third, , fifth] = path;
  // rule keys-below-on: `on`, one event, and the names of a manual start's inputs
  if (first === "on")
    return path[1] === "workflow_call" || path.length <= 2 || (path.length === 3 && third === "inputs");
  if (first === "permissions") return true;
  if (first !== "jobs" || third === undefined) return false;
  // rule unread-parts, item by item: of a job
  const parts = ["runs-on", "env", "container", "secrets", "permissions"];
  if (parts.includes(third)) return true;
  // rule unread-matrix: a strategy's
  if (third === "strategy") return path[3] === "matrix";
  // rule unread-env-of-steps: and a step's
  return third === "steps" && fifth === "env";
}

export function entryOf(mapping: Mapping, key: string): Entry | undefined {
  return mapping.entries.find((entry) => entry.key === key);
}

/** Does a key stand twice in it, or in anything below it? */
export function hasTwins(tree: Tree): boolean {
  if (tree.kind === "scalar") return false;
  if (tree.kind === "sequence") return tree.items.some(hasTwins);
  const keys = new Set(tree.entries.map(({ key }) => key));
  return keys.size < tree.entries.length || tree.entries.some(({ value }) => hasTwins(value));
}

function invalid(problems: readonly Problem[]) {
  return { kind: "invalid", problems, stopsDetection: false } as const;
}

function textOf(mapping: Mapping, key: string): string | undefined {
  const value = entryOf(mapping, key)?.value;
  return value?.kind === "scalar" ? value.source : undefined;
}

function missingOn(file: string, root: Mapping): OnReading {
  return { triggers: [], problems: [{ file, at: root.at, text: "`on:` is missing: nothing can start this workflow" }] };
}

function githubProblems(file: string, root: Mapping): Problem[] {
  const unknown = root.entries.filter(({ key }) => !githubKeys.includes(key));
  return unknown.map(({ key, keyAt }) => ({
    file,
    at: keyAt,
    text: `GitHub knows no key ${quote(key)} here${suggestion(key, githubKeys)}`,
  }));
}

function jobsProblems(dialect: Dialect, file: string, root: Mapping, jobs: Tree | undefined): Problem[] {
  if (!jobs) return [{ file, at: root.at, text: "`jobs:` is missing" }];
  const problem = (at: Position, text: string, place = "jobs"): Problem => ({ file, at, place, text });
  if (jobs.kind !== "mapping") return [problem(jobs.at, "has to be a mapping of job names to jobs")];
  // Gitea 1.26 makes a run without jobs of it.
  if (jobs.entries.length === 0 && !giteaFrom(dialect, 1, 26)) return [problem(jobs.at, "holds no job")];
  return jobs.entries
    .filter(({ value }) => value.kind !== "mapping")
    .map(({ key, keyAt, value }) => problem(keyAt, nonJob(value), `jobs.${key}`));
}

function nonJob(value: Tree): string {
  return isNull(value) ? "is empty: a job has to be a mapping" : "a job has to be a mapping";
}

function hasNullJob(jobs: Tree | undefined): boolean {
  return jobs?.kind === "mapping" && jobs.entries.some(({ value }) => isNull(value));
}

function isNull(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}
