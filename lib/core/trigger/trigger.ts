import type { Dialect } from "../dialect.ts";
import type { Position } from "../errors.ts";
import { quote } from "../quote.ts";
import type { Reason } from "../reason.ts";
import { hasGiteaEvent } from "../webhook/gitea-events.ts";
import type { Trigger } from "../workflow/on.ts";
import type { Workflow } from "../workflow/workflow.ts";
import type { Work } from "./matcher.ts";
import type { Condition, Inquiry } from "./trigger-condition.ts";
import { closedGate } from "./trigger-gate.ts";
import type { ChangedFiles, TriggerEvent } from "./trigger-input.ts";
import {
  mergeGroupConditions,
  otherConditions,
  pullRequestConditions,
  workflowRunConditions,
} from "./trigger-other.ts";
import { filesNeeded } from "./trigger-paths.ts";
import { pushConditions } from "./trigger-push.ts";

export interface TriggerDecision {
  readonly decision: "run" | "skip" | "undecided";
  readonly reason: Reason;
}

/** Steps (see Work) that one file's patterns may take; beyond them nobody waits for an answer. */
const maxSteps = 50_000_000;

/**
 * Does this event start this workflow, and why?
 *
 * @param changed the files that the event changed; without them a decision that hangs on them is `undecided`
 */
export function decideTrigger(
  dialect: Dialect,
  event: TriggerEvent,
  workflow: Workflow,
  changed: ChangedFiles | undefined,
): TriggerDecision {
  const { path, onAt, triggers } = workflow;
  const say = (decision: TriggerDecision["decision"], code: string, text: string, at: Position): TriggerDecision => {
    return { decision, reason: { code, text, file: path, line: at.line, column: at.column } };
  };
  const own = triggers.filter((trigger) => answersTo(dialect, trigger, event.name));
  const [first] = own;
  if (!first) return say("skip", "event-not-listed", notListed(event.name, triggers), onAt);
  const gate = closedGate(dialect, event, path);
  if (gate) return say(gate.decision, gate.code, gate.text, first.at);

  const work: Work = { steps: maxSteps };
  const answers = own.map((trigger) => decideOne({ dialect, event, changed, work }, trigger));
  const best =
    answers.find(({ decision }) => decision === "run") ?? answers.find(({ decision }) => decision === "undecided");
  const { decision, code, text, at } = best ?? (answers[0] as Answer);
  return say(decision, code, text, at);
}

/** Does the decision depend on which files the event changed? */
export function needsChangedFiles(dialect: Dialect, event: TriggerEvent, workflow: Workflow): boolean {
  return decideTrigger(dialect, event, workflow, undefined).reason.code === filesNeeded;
}

interface Answer {
  readonly decision: TriggerDecision["decision"];
  readonly code: string;
  readonly text: string;
  readonly at: Position;
}

/** Gitea tells a review that only comments from one that approves; the first is an event of either name. */
function answersTo({ forge }: Dialect, trigger: Trigger, event: string): boolean {
  if (trigger.event === event) return true;
  return forge === "gitea" && trigger.event === "pull_request_review" && event === "pull_request_review_comment";
}

function notListed(event: string, triggers: readonly Trigger[]): string {
  const names = [...new Set(triggers.map((trigger) => quote(trigger.event)))];
  if (names.length === 0) return "it starts on nothing";
  const shown = names.slice(0, 5).join(", ");
  return `it starts on ${shown}${names.length > 5 ? " and others" : ""}, not on ${event}`;
}

function decideOne(inquiry: Inquiry, trigger: Trigger): Answer {
  const { dialect, event } = inquiry;
  const { at } = trigger;
  if (dialect.forge === "gitea" && !hasGiteaEvent(dialect, event.name)) {
    return { decision: "skip", code: "event-unsupported", text: `Gitea has no event ${event.name}`, at };
  }
  // rule lists-are-schedules: below any event Gitea takes a list for points in time
  if (trigger.isSchedule && event.name !== "schedule") {
    const text = `Gitea takes the list below ${event.name} for a schedule, so ${event.name} never starts it`;
    return { decision: "skip", code: "list-is-a-schedule", text, at };
  }
  if (event.name === "schedule" && !trigger.isSchedule) {
    return { decision: "skip", code: "schedule-empty", text: "schedule names no point in time", at };
  }
  return conclude(conditionsOf(inquiry, trigger), event.name, at);
}

function conditionsOf(inquiry: Inquiry, trigger: Trigger): readonly Condition[] {
  switch (inquiry.event.name) {
    case "push":
      return pushConditions(inquiry, trigger);
    case "pull_request":
    case "pull_request_target":
      return pullRequestConditions(inquiry, trigger);
    case "workflow_run":
      return workflowRunConditions(inquiry, trigger);
    case "merge_group":
      return mergeGroupConditions(inquiry, trigger);
    default:
      return otherConditions(inquiry, trigger);
  }
}

/** All conditions have to hold. One that fails decides at once; one that nobody knows leaves it open. */
function conclude(conditions: readonly Condition[], event: string, at: Position): Answer {
  const failed = conditions.find(({ holds }) => holds === false);
  if (failed) return { ...failed, decision: "skip" };
  // What else is unknown stays so when the changed files are there: they are asked for last.
  const open = conditions.filter(({ holds }) => holds === undefined);
  const unknown = open.find(({ code }) => code !== filesNeeded) ?? open[0];
  if (unknown) return { ...unknown, decision: "undecided" };
  const [only] = conditions;
  if (!only) return { decision: "run", code: "no-filters", text: `it starts on every ${event}`, at };
  const text = conditions.map((condition) => condition.text).join(", and ");
  return { decision: "run", code: "filters-met", text, at: conditions.length === 1 ? only.at : at };
}
