/** What may stand below one event of `on:`. */
export interface GithubEvent {
  /** Filters besides `types`. */
  readonly filters?: readonly string[];
  /** Activity types; an event without any has no `types`. */
  readonly types?: readonly string[] | "any";
  /** About no ref of its own: its files are read from the default branch. */
  readonly defaultBranch?: true;
}

const words = (text: string): readonly string[] => text.split(" ");

// rule github-branch-filters, word by word: of pushes, pull requests and more
const branchFilters = words("branches branches-ignore");
// rule github-path-filters, word by word: of pushes and pull requests
const pathFilters = words("paths paths-ignore");
// rule github-changes, word by word: the activity types that many events share
const changes = "created edited deleted";

// rule github-pull-requests, word by word: the activity types of both
const pullRequest: GithubEvent = {
  filters: [...branchFilters, ...pathFilters],
  types: words(
    "assigned unassigned labeled unlabeled opened edited closed reopened synchronize converted_to_draft locked unlocked " +
      "enqueued dequeued milestoned demilestoned ready_for_review review_requested review_request_removed " +
      "auto_merge_enabled auto_merge_disabled stacked",
  ),
};

/**
 * Events that GitHub knows; any other word below `on:` makes the file invalid.
 *
 * @source GitHub Actions, "Events that trigger workflows"; the workflow schema of @actions/workflow-parser 0.3.61
 */
// rule github-events, word by word: events, their filters and their activity types
export const githubEvents: Readonly<Record<string, GithubEvent>> = {
  branch_protection_rule: { types: words(changes) },
  check_run: { types: words("created rerequested completed requested_action") },
  check_suite: { types: words("completed") },
  create: {},
  delete: {},
  deployment: {},
  deployment_status: {},
  discussion: {
    types: words(
      `${changes} transferred pinned unpinned labeled unlabeled locked unlocked category_changed answered unanswered`,
    ),
    defaultBranch: true,
  },
  discussion_comment: { types: words(changes), defaultBranch: true },
  fork: { defaultBranch: true },
  gollum: { defaultBranch: true },
  image_version: { types: words("created ready deleted"), filters: words("names versions") },
  issue_comment: { types: words(changes), defaultBranch: true },
  issues: {
    types: words(
      "opened edited deleted transferred pinned unpinned closed reopened assigned unassigned labeled unlabeled locked " +
        "unlocked milestoned demilestoned field_added field_removed typed untyped",
    ),
    defaultBranch: true,
  },
  label: { types: words(changes), defaultBranch: true },
  merge_group: { types: words("checks_requested"), filters: branchFilters },
  milestone: { types: words("created closed opened edited deleted"), defaultBranch: true },
  page_build: {},
  project: { types: words("created closed reopened edited deleted"), defaultBranch: true },
  project_card: { types: words("created moved converted edited deleted"), defaultBranch: true },
  project_column: { types: words("created updated moved deleted"), defaultBranch: true },
  public: { defaultBranch: true },
  pull_request: pullRequest,
  pull_request_comment: { types: words(changes), defaultBranch: true },
  pull_request_review: { types: words("submitted edited dismissed") },
  pull_request_review_comment: { types: words(changes) },
  pull_request_target: pullRequest,
  push: { filters: [...branchFilters, ...words("tags tags-ignore"), ...pathFilters] },
  registry_package: { types: words("published updated") },
  release: { types: words("published unpublished created edited deleted prereleased released") },
  repository_dispatch: { types: "any", defaultBranch: true },
  schedule: { defaultBranch: true },
  status: {},
  watch: { types: words("started"), defaultBranch: true },
  workflow_call: { filters: words("inputs secrets outputs") },
  workflow_dispatch: { filters: words("inputs") },
  workflow_run: {
    types: words("requested completed in_progress"),
    filters: ["workflows", ...branchFilters],
    defaultBranch: true,
  },
};
