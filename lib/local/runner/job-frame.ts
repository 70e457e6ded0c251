import type { Dialect } from "../../core/dialect.ts";
import { texts } from "../../core/plan/context-values.ts";
import type { Contexts } from "../../core/plan/contexts.ts";
import type { Scope } from "../../core/plan/expression.ts";
import { entryOf, type Workflow } from "../../core/workflow/workflow.ts";
import type { Mapping } from "../../core/workflow/yaml-tree.ts";
import type { RunnerOrder } from "../machine/registration.ts";
import type { Frame, JobRun } from "./frame.ts";
import { jobClock } from "./job-clock.ts";
import { runnerArch, runnerOs } from "./job-contexts.ts";
import type { JobLog } from "./job-log.ts";
import { minutesOf, textOf, textsOf } from "./texts.ts";

export interface JobPlace {
  readonly workspace: string;
  /** For scripts and environment files. */
  readonly temp: string;
}

/** What the forges take for a job that does not say. */
const usualMinutes = 360;

export interface FrameInput {
  readonly dialect: Dialect;
  readonly workflow: Workflow;
  readonly job: Mapping;
  readonly contexts: Contexts;
  readonly place: JobPlace;
  readonly log: JobLog;
  readonly order: RunnerOrder;
  /** Where the event's payload lies. */
  readonly eventFile: string;
}

/** The frame of a job before its first step. */
export function jobFrame({ dialect, workflow, job, contexts, place, log, order, eventFile }: FrameInput): Frame {
  const scope = { forge: dialect.forge, contexts };
  const workflowEnv = textsOf(workflow.root, "env", scope);
  const run: JobRun = {
    dialect,
    log,
    clock: jobClock(minutesOf(job, "timeout-minutes", scope) ?? usualMinutes * 60_000),
    ...place,
    fixed: fixedEnvironment(order, workflow, place, eventFile),
    env: {
      ...workflowEnv,
      ...textsOf(job, "env", { ...scope, contexts: new Map([...contexts, ["env", texts(workflowEnv)]]) }),
    },
    path: [],
    steps: 0,
  };
  const setting = (key: string) => runDefault(job, key, scope) ?? runDefault(workflow.root, key, scope);
  return {
    job: run,
    contexts,
    env: {},
    shell: setting("shell"),
    workingDirectory: setting("working-directory"),
    depth: 0,
    records: new Map(),
    status: "success",
  };
}

function runDefault(mapping: Mapping, key: string, scope: Scope): string | undefined {
  const defaults = entryOf(mapping, "defaults")?.value;
  const run = defaults?.kind === "mapping" ? entryOf(defaults, "run")?.value : undefined;
  return run?.kind === "mapping" ? textOf(run, key, scope) : undefined;
}

/** Variables that say where a job runs. They win over all others: no step can make itself look like another one's. */
function fixedEnvironment(
  { registration: { job }, runnerName }: RunnerOrder,
  workflow: Workflow,
  { workspace, temp }: JobPlace,
  eventFile: string,
): Readonly<Record<string, string>> {
  const ours = Object.entries(process.env).filter(([name]) => name.startsWith("DAYFLY_"));
  return {
    ...Object.fromEntries(ours.map(([name, value]) => [name, value ?? ""])),
    CI: "true",
    GITHUB_ACTIONS: "true",
    ...(job.workflow.startsWith(".gitea/") ? { GITEA_ACTIONS: "true" } : {}),
    GITHUB_ACTOR: job.sender,
    GITHUB_EVENT_NAME: job.event,
    GITHUB_EVENT_PATH: eventFile,
    GITHUB_JOB: job.job,
    GITHUB_REF: job.ref,
    GITHUB_REF_NAME: job.ref.replace(/^refs\/(heads|tags)\//, ""),
    GITHUB_REF_TYPE: job.ref.startsWith("refs/tags/") ? "tag" : "branch",
    GITHUB_REPOSITORY: job.repo,
    GITHUB_REPOSITORY_OWNER: job.repo.split("/")[0] ?? "",
    GITHUB_RUN_ATTEMPT: `${job.attempt}`,
    GITHUB_RUN_ID: job.runKey,
    GITHUB_SHA: job.sha,
    GITHUB_WORKFLOW: workflow.name ?? workflow.path,
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: runnerArch(),
    RUNNER_NAME: runnerName,
    RUNNER_OS: runnerOs(),
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: temp,
  };
}
