import { UserError } from "../../core/errors.ts";
import { judgeCondition } from "../../core/plan/condition.ts";
import { entryOf } from "../../core/workflow/workflow.ts";
import type { Mapping, Tree } from "../../core/workflow/yaml-tree.ts";
import { type Frame, type StepRecord, scopeOf } from "./frame.ts";
import { runStep, type StepEnd } from "./run-step.ts";
import { isTrue, minutesOf, textOf, textsOf } from "./texts.ts";
import { useAction } from "./use-action.ts";

/** Runs steps in order; a step that failed leaves only those that ask for it. */
export async function runSteps(frame: Frame, steps: Tree | undefined): Promise<void> {
  if (steps?.kind !== "sequence") throw new UserError("steps has to be a list");
  for (const step of steps.items) {
    if (step.kind !== "mapping") throw new UserError(`the step in line ${step.at.line} has to be a mapping`);
    const record = await oneStep(frame, step);
    const id = entryOf(step, "id")?.value;
    if (id?.kind === "scalar" && id.source !== "") frame.records.set(id.source, record);
    if (record.conclusion === "failure" || record.conclusion === "cancelled") frame.status = "failure";
  }
}

async function oneStep(frame: Frame, step: Mapping): Promise<StepRecord> {
  try {
    if (!wants(frame, step)) {
      frame.job.log.say(`skipped: ${titleOf(frame, step)}`);
      return { outcome: "skipped", conclusion: "skipped", outputs: {} };
    }
    const { outcome, outputs } = await attempt(frame, step);
    const isForgiven = outcome === "failure" && isTrue(step, "continue-on-error", scopeOf(frame));
    if (isForgiven) frame.job.log.say("this step failed; continue-on-error lets the job go on");
    return { outcome, conclusion: isForgiven ? "success" : outcome, outputs };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    frame.job.log.endGroup();
    frame.job.log.say(`##[error]${error.message}`);
    return { outcome: "failure", conclusion: "failure", outputs: {} };
  }
}

function wants(frame: Frame, step: Mapping): boolean {
  const condition = judgeCondition(entryOf(step, "if")?.value, scopeOf(frame));
  if (condition.kind === "invalid") throw new UserError(`if in line ${condition.at.line}: ${condition.text}`);
  return condition.kind === "true";
}

async function attempt(frame: Frame, step: Mapping): Promise<StepEnd> {
  const { log, clock } = frame.job;
  log.group(titleOf(frame, step));
  const env = textsOf(step, "env", scopeOf(frame));
  const stop = clock.signal(minutesOf(step, "timeout-minutes", scopeOf(frame, env)));
  if (entryOf(step, "run")) return runStep(frame, step, env, stop);
  const uses = textOf(step, "uses", scopeOf(frame, env));
  if (uses === undefined) throw new UserError(`the step in line ${step.at.line} has neither run nor uses`);
  return useAction({ frame, step, env, uses, runSteps });
}

/** Its name, or what it does. */
function titleOf(frame: Frame, step: Mapping): string {
  const name = textOf(step, "name", scopeOf(frame));
  if (name !== undefined) return name;
  const uses = entryOf(step, "uses")?.value;
  if (uses?.kind === "scalar") return `Run ${uses.source}`;
  const script = entryOf(step, "run")?.value;
  return script?.kind === "scalar" ? `Run ${script.source.trim().split("\n")[0] ?? ""}` : "Run";
}
