import type { Instant } from "../event.ts";
import type { Reason } from "../reason.ts";
import type { Deploy, EndedDeployStatus, Step, StepOutcome, StepState } from "./deploy.ts";
import type { Release } from "./deploy-request.ts";

/** Newest entries that a deploy keeps; a deploy of a few targets has far fewer. */
const MAX_ENTRIES = 60;

/** How far a target's clock may be from ours. */
export const SKEW_MS = 60_000;

export interface Next {
  readonly dueAt: Instant;
  readonly nextAction: string;
}

export function note(deploy: Deploy, at: Instant, text: string): Deploy {
  const last = deploy.history.at(-1);
  // The end of the last target is the end of the deploy: it is said once.
  if (last?.at === at && last.text === text) return deploy;
  const entry = { version: deploy.version + 1, at, text };
  return { ...deploy, history: [...deploy.history, entry].slice(-MAX_ENTRIES) };
}

export function moveTo(deploy: Deploy, at: Instant, status: "pending" | "running", reason: Reason, next: Next): Deploy {
  return note({ ...withoutStatus(deploy), status, reason, ...next }, at, reason.text);
}

/** Ended is final, and waits for nothing. */
export function endDeploy(deploy: Deploy, at: Instant, status: EndedDeployStatus, reason: Reason): Deploy {
  const { dueAt: _due, nextAction: _next, ...rest } = withoutStatus(deploy);
  return note({ ...rest, status, reason, endedAt: at }, at, reason.text);
}

function withoutStatus(deploy: Deploy): Omit<Deploy, "status"> {
  const { status: _status, ...rest } = deploy;
  return rest;
}

/** The open step gets another state. */
export function setStep(deploy: Deploy, step: Step, state: StepState, next: Next): Deploy {
  return { ...deploy, steps: replaced(deploy, step, state), ...next };
}

/**
 * The open step is over. The next target's turn comes only after a verified release on this one.
 */
export function finishStep(deploy: Deploy, step: Step, at: Instant, outcome: StepOutcome): Deploy {
  const steps = replaced(deploy, step, { state: "done", at, outcome });
  const said = note({ ...deploy, steps }, at, `${step.target}: ${textOf(outcome)}`);
  const { status, reason } = verdictOf(outcome, step.target, deploy.release);
  if (status !== "deployed") return endDeploy(said, at, status, reason);
  const next = steps.find(({ state }) => state !== "done");
  if (next) return { ...said, dueAt: at, nextAction: `send the command to ${next.target}` };
  return endDeploy(said, at, "deployed", reason);
}

function replaced(deploy: Deploy, step: Step, state: StepState): readonly Step[] {
  return deploy.steps.map((other) => (other.target === step.target ? { target: step.target, ...state } : other));
}

function textOf(outcome: StepOutcome): string {
  return outcome.kind === "reported" ? outcome.report.text : outcome.text;
}

/** What the end on one target means for the whole deploy: the table of deployctl's exit codes. */
export function verdictOf(
  outcome: StepOutcome,
  target: string,
  wanted: Release | undefined,
): { readonly status: EndedDeployStatus; readonly reason: Reason } {
  if (outcome.kind === "never-ran")
    return { status: "expired", reason: { code: "never-ran", text: `${target}: nothing began: ${outcome.text}` } };
  if (outcome.kind === "unknown")
    return { status: "unknown", reason: { code: "no-answer", text: `${target} did not tell: ${outcome.text}` } };
  const { exit, outcome: word, reason: code, text, running } = outcome.report;
  const reason = { code, text: `${target}: ${text}` };
  const other = exit === 0 && running && wanted ? otherThan(wanted, running) : undefined;
  if (other) return { status: "failed", reason: { code: other.code, text: `${target} runs ${other.text}` } };
  if (exit === 0) return { status: "deployed", reason };
  if (exit === 1 && word === "rolled_back") return { status: "rolled-back", reason };
  if (exit === 8 && code === "fence") return { status: "superseded", reason };
  if (exit === 8 && code === "expired") return { status: "expired", reason };
  if (exit === 2 || exit === 8 || exit === 9) return { status: "refused", reason };
  return { status: "failed", reason };
}

/** What is named has to be what runs; a tag is only a name. */
function otherThan(wanted: Release, running: Release): Reason | undefined {
  if (wanted.commit !== undefined && running.commit !== wanted.commit)
    return { code: "another-commit", text: running.commit ?? "?" };
  if (wanted.digest !== undefined && running.digest !== wanted.digest)
    return { code: "another-digest", text: running.digest ?? "?" };
  return undefined;
}
