/**
 * What our calls need of a repository, and no more: runners (administration), jobs and reruns (actions), workflow files and
 * commits (contents), the files of a pull request, and a word of ours at a commit (statuses).
 */
export const permissions = {
  actions: "write",
  administration: "write",
  contents: "read",
  metadata: "read",
  pull_requests: "read",
  statuses: "write",
} as const;

/** The events that we act upon. */
export const events = ["push", "pull_request", "workflow_job"] as const;
