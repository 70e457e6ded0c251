import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError, WorldError } from "../../core/errors.ts";
import { judgeCondition } from "../../core/plan/condition.ts";
import { boolean } from "../../core/plan/context-values.ts";
import type { Scope } from "../../core/plan/expression.ts";
import { entryOf } from "../../core/workflow/workflow.ts";
import type { Mapping } from "../../core/workflow/yaml-tree.ts";
import type { RunnerOrder, RunnerResult } from "../machine/registration.ts";
import { checkOut, readCommitted, readMessage } from "./checkout.ts";
import { type Frame, scopeOf } from "./frame.ts";
import { eventJson, jobContexts } from "./job-contexts.ts";
import { type JobPlace, jobFrame } from "./job-frame.ts";
import type { JobLog } from "./job-log.ts";
import { dialectOf, findJob, parseWorkflow, withMatrix } from "./read-job.ts";
import { runSteps } from "./steps.ts";
import { isTrue, textsOf } from "./texts.ts";

const maxOutputCharacters = 16_384;
const failed: RunnerResult = { conclusion: "failure", outputs: {} };

/**
 * Serves one job of a bare repository: checks its commit out and runs its steps on this very computer.
 *
 * A fault of the workflow file is a job that failed, with a sentence in the log.
 */
export async function runJob(order: RunnerOrder, place: JobPlace, log: JobLog): Promise<RunnerResult> {
  log.mask(order.machineToken);
  log.say(
    "The built-in runner, for trying out and small local use: scripts run on this computer, without a container.",
  );
  try {
    return await serve(order, place, log);
  } catch (error) {
    log.endGroup();
    log.say(`##[error]${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UserError || error instanceof WorldError) return failed;
    throw error;
  }
}

async function serve(order: RunnerOrder, place: JobPlace, log: JobLog): Promise<RunnerResult> {
  const { registration, runnerName } = order;
  const { repository, job: run } = registration;
  const dialect = dialectOf(run.workflow);
  const workflow = parseWorkflow(dialect, run.workflow, await readCommitted(repository, run.sha, run.workflow));
  const job = findJob(workflow, run.job);
  const message = await readMessage(repository, run.sha);
  const eventFile = join(place.temp, "event.json");
  const shared = jobContexts({ dialect, registration, workflow, message, runnerName, eventFile, ...place });
  const contexts = withMatrix(dialect, job, run.matrixIndex, shared);
  if (!wantsJob(job, { forge: dialect.forge, contexts }, registration.needs)) {
    log.say("skipped: the condition of the job is not met");
    return { conclusion: "skipped", outputs: {} };
  }
  mkdirSync(place.temp, { recursive: true });
  writeFileSync(eventFile, eventJson(contexts));

  log.group("Check out");
  log.say(`${run.sha} of ${run.ref}`);
  await checkOut({ repository, sha: run.sha, ref: run.ref, workspace: place.workspace });
  log.endGroup();

  const frame = jobFrame({ dialect, workflow, job, contexts, place, log, order, eventFile });
  await runSteps(frame, entryOf(job, "steps")?.value);
  return conclude(frame, job);
}

/** A need that did not succeed leaves only jobs whose `if` asks for that. */
function wantsJob(job: Mapping, scope: Scope, needs: RunnerOrder["registration"]["needs"]): boolean {
  const results = Object.values(needs).map(({ result }) => result);
  const condition = judgeCondition(entryOf(job, "if")?.value, {
    ...scope,
    status: {
      always: boolean(true),
      success: boolean(results.every((result) => result === "success")),
      failure: boolean(results.includes("failure")),
      cancelled: boolean(results.includes("cancelled")),
    },
  });
  if (condition.kind === "invalid") throw new UserError(`if in line ${condition.at.line}: ${condition.text}`);
  return condition.kind === "true";
}

function conclude(frame: Frame, job: Mapping): RunnerResult {
  const { log, clock, dialect } = frame.job;
  const outputs = boundedOutputs(frame, job);
  if (clock.isOver()) {
    log.say("##[error]The time of the job was over");
    // GitHub cancels such a job; Gitea's runner fails it.
    return { conclusion: dialect.forge === "github" ? "cancelled" : "failure", outputs };
  }
  if (frame.status === "failure" && isTrue(job, "continue-on-error", scopeOf(frame))) {
    log.say("this job failed; continue-on-error lets what needs it go on");
    return { conclusion: "success", outputs };
  }
  return { conclusion: frame.status, outputs };
}

function boundedOutputs(frame: Frame, job: Mapping): Readonly<Record<string, string>> {
  const outputs = textsOf(job, "outputs", scopeOf(frame));
  const characters = Object.entries(outputs).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (characters <= maxOutputCharacters) return outputs;
  frame.job.log.say(`##[error]The outputs of this job are longer than ${maxOutputCharacters} characters: left out`);
  return {};
}
