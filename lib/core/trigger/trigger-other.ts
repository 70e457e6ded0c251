import { giteaFrom } from "../dialect.ts";
import { quote } from "../quote.ts";
import { unfilteredGiteaEvents } from "../webhook/gitea-events.ts";
import type { Filter, Trigger } from "../workflow/on.ts";
import { type Condition, type Inquiry, namesCondition } from "./trigger-condition.ts";
import { pathsCondition } from "./trigger-paths.ts";
import { unknownFilter } from "./trigger-push.ts";
import { typesCondition } from "./trigger-types.ts";

/** What `pull_request` and `pull_request_target` ask for: branches mean the base, paths the difference to the merge base. */
export function pullRequestConditions(inquiry: Inquiry, trigger: Trigger): readonly Condition[] {
  const { dialect, event } = inquiry;
  const conditions = [...typesCondition(inquiry, trigger)];
  // rule cleared-labels: Gitea sends an event when all labels go, and starts nothing
  if (dialect.forge === "gitea" && event.action === "unlabeled") {
    const text = "Gitea starts nothing when labels are taken away from a pull request";
    conditions.push({ holds: false, code: "labels-cleared", text, at: trigger.at });
  }
  for (const filter of trigger.filters) {
    const { key } = filter;
    if (key === "types") continue;
    if (key === "branches" || key === "branches-ignore") conditions.push(baseCondition(inquiry, filter));
    else if (key === "paths" || key === "paths-ignore") conditions.push(pathsCondition(inquiry, filter));
    else conditions.push(unknownFilter(event.name, filter));
  }
  return conditions;
}

function baseCondition(inquiry: Inquiry, filter: Filter): Condition {
  const { baseRef } = inquiry.event;
  if (baseRef === undefined) return unknown(filter, "which branch the pull request wants to go into");
  return namesCondition(inquiry, filter, "base branch", [baseRef]);
}

/** What `workflow_run` asks for. */
export function workflowRunConditions(inquiry: Inquiry, trigger: Trigger): readonly Condition[] {
  const conditions = [...typesCondition(inquiry, trigger)];
  const { dialect, event } = inquiry;
  // rule in-progress-since-1-26: Gitea before did not send it
  if (dialect.forge === "gitea" && event.action === "in_progress" && !giteaFrom(dialect, 1, 26)) {
    const text = "Gitea sends in_progress from 1.26 on";
    conditions.push({ holds: false, code: "action-unsupported", text, at: trigger.at });
  }
  for (const filter of trigger.filters) {
    const { key } = filter;
    if (key === "types") continue;
    if (key === "workflows") conditions.push(workflowsCondition(inquiry, filter));
    else if (key === "branches" || key === "branches-ignore") conditions.push(runBranchCondition(inquiry, filter));
    else conditions.push(unknownFilter(event.name, filter));
  }
  return conditions;
}

function workflowsCondition(inquiry: Inquiry, filter: Filter): Condition {
  const { workflow } = inquiry.event;
  if (workflow === undefined) return unknown(filter, "which workflow ran");
  // rule workflow-names-are-patterns: in Gitea; on GitHub they are names
  if (inquiry.dialect.forge === "gitea") return namesCondition(inquiry, filter, "workflow", [workflow]);
  const { key, at, values } = filter;
  const found = values.find(({ text }) => text === workflow);
  const text = `workflow ${quote(workflow)} is ${found ? "one" : "none"} of ${key}`;
  return { holds: found !== undefined, code: found ? "workflow-matched" : "workflow-not-matched", text, at };
}

function runBranchCondition(inquiry: Inquiry, filter: Filter): Condition {
  const { branch } = inquiry.event;
  if (branch === undefined) return unknown(filter, "the branch of the run before");
  return namesCondition(inquiry, filter, "branch", [branch]);
}

/** What GitHub's `merge_group` asks for: branches mean the one that the queue leads to. */
export function mergeGroupConditions(inquiry: Inquiry, trigger: Trigger): readonly Condition[] {
  const { baseRef, ref } = inquiry.event;
  const base = baseRef ?? /^refs\/heads\/gh-readonly-queue\/(.+)\/[^/]+$/.exec(ref)?.[1];
  const conditions = [...typesCondition(inquiry, trigger)];
  for (const filter of trigger.filters) {
    if (filter.key === "types") continue;
    if (base === undefined) conditions.push(unknown(filter, "the branch that the queue leads to"));
    else conditions.push(namesCondition(inquiry, filter, "base branch", [base]));
  }
  return conditions;
}

/** All other events: their types, and whatever else their forge makes of filters. */
export function otherConditions(inquiry: Inquiry, trigger: Trigger): readonly Condition[] {
  const { dialect, event } = inquiry;
  if (dialect.forge === "gitea" && unfilteredGiteaEvents.includes(event.name)) return [];
  const conditions = [...typesCondition(inquiry, trigger)];
  for (const filter of trigger.filters) {
    if (filter.key === "types") continue;
    conditions.push(
      dialect.forge === "gitea" ? unknownFilter(event.name, filter) : unknown(filter, "what it is about"),
    );
  }
  return conditions;
}

function unknown({ key, at }: Filter, what: string): Condition {
  return { holds: undefined, code: "event-incomplete", text: `${key} asks for ${what}, which is not known`, at };
}
