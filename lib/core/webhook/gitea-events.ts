import { type Dialect, giteaFrom } from "../dialect.ts";

/** Events that Gitea ever starts a workflow for; a file may name others, in vain. */
const events = [
  "push",
  "create",
  "delete",
  "fork",
  "gollum",
  "issues",
  "issue_comment",
  "pull_request",
  "pull_request_target",
  "pull_request_review",
  "pull_request_review_comment",
  "release",
  "registry_package",
  "schedule",
  "workflow_dispatch",
];

export function hasGiteaEvent(dialect: Dialect, event: string): boolean {
  // rule workflow-run-since-1-25: older ones have no such event
  if (event === "workflow_run") return giteaFrom(dialect, 1, 25);
  return events.includes(event);
}

/** Whatever stands below them, they start. */
// rule filters-without-meaning, item by item: Gitea ignores all filters of these events
export const unfilteredGiteaEvents = ["create", "delete", "fork", "gollum", "workflow_dispatch"];

/** Their workflow files are read from the default branch, whatever the event is about. */
// rule default-branch-events, item by item: Gitea reads the files for these events there
export const defaultBranchGiteaEvents = ["fork", "gollum", "issues", "issue_comment", "schedule", "workflow_run"];

/** A review is one event with two names: either word below `types` meets it. */
const reviewTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request_review: ["submitted", "edited"],
  pull_request_review_comment: ["created", "edited"],
};

/** The activity types that one event of Gitea stands for. */
export function giteaTypes(dialect: Dialect, event: string, action: string): readonly string[] {
  // rule labels-told-apart-since-1-25: older ones call every change of an issue's labels "labeled"
  if (event === "issues" && action === "unlabeled" && !giteaFrom(dialect, 1, 25)) return ["labeled"];
  return reviewTypes[event] ?? [action];
}
