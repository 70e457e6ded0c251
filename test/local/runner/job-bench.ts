import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunnerOrder, RunnerResult } from "../../../lib/local/machine/registration.ts";
import { jobLog } from "../../../lib/local/runner/job-log.ts";
import { runJob } from "../../../lib/local/runner/run-job.ts";
import { type Files, type ScratchRepository, scratchRepository } from "../../forges/git/scratch-repository.ts";

/** A repository whose jobs are served in this process. */
export interface JobBench {
  readonly repository: ScratchRepository;
  /** Commits a workflow (and other files) and serves one of its jobs. */
  serve(workflow: string, options?: ServeOptions): Promise<Served>;
  close(): void;
}

export interface ServeOptions {
  readonly files?: Files;
  /** Path of the workflow; it decides whose rules hold. */
  readonly path?: string;
  readonly job?: string;
  readonly matrixIndex?: number;
  readonly ref?: string;
  readonly needs?: RunnerOrder["registration"]["needs"];
}

export interface Served extends RunnerResult {
  readonly lines: readonly string[];
  readonly workspace: string;
  readonly sha: string;
}

export function jobBench(): JobBench {
  const repository = scratchRepository();
  const folders: string[] = [];
  return {
    repository,
    async serve(workflow, options = {}) {
      const path = options.path ?? ".github/workflows/w.yml";
      const sha = repository.commit({ ...options.files, [path]: workflow });
      const folder = mkdtempSync(join(tmpdir(), "dayfly-job-"));
      folders.push(folder);
      const place = { workspace: join(folder, "work"), temp: join(folder, "tmp") };
      mkdirSync(place.workspace);
      const lines: string[] = [];
      const log = jobLog((line) => lines.push(line));
      const result = await runJob(orderFor(repository, path, sha, options), place, log);
      return { ...result, lines, workspace: place.workspace, sha };
    },
    close() {
      repository.remove();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function orderFor(
  repository: ScratchRepository,
  workflow: string,
  sha: string,
  { job = "test", matrixIndex, ref = "refs/heads/main", needs = {} }: ServeOptions,
): RunnerOrder {
  const facts = { runKey: "k1", attempt: 1, repo: "local/shop", event: "push", ref, before: "0".repeat(40), sha };
  return {
    registration: {
      kind: "builtin",
      repository: join(repository.path, ".git"),
      job: { ...facts, sender: "ada", workflow, job, ...(matrixIndex === undefined ? {} : { matrixIndex }) },
      needs,
    },
    machineToken: "marker-machine-token",
    runnerName: "dayfly-1",
  };
}

/** A workflow with one job called `test`, of these steps (YAML, indented by nothing). */
export function steps(yaml: string, jobKeys = ""): string {
  const indent = (text: string, by: number) => text.trim().replace(/^/gm, " ".repeat(by));
  return `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n${jobKeys ? `${indent(jobKeys, 4)}\n` : ""}    steps:\n${indent(yaml, 6)}\n`;
}
