import type { Dialect } from "../dialect.ts";
import { isZero } from "../event.ts";
import { defaultBranchGiteaEvents } from "../webhook/gitea-events.ts";
import { githubEvents } from "../webhook/github-events.ts";
import { workflowId } from "../workflow/workflow-id.ts";
import { findSkipSign } from "./skip-strings.ts";
import type { TriggerEvent } from "./trigger-input.ts";

/** Why the forge starts nothing for an event, whatever its workflows ask for; `undecided`: nobody can say whether it does. */
export interface Gate {
  readonly decision: "skip" | "undecided";
  readonly code: string;
  readonly text: string;
}

/** What stops a workflow file before its filters are looked at. */
export function closedGate(dialect: Dialect, event: TriggerEvent, path: string): Gate | undefined {
  return (
    refGate(event) ??
    senderGate(dialect, event) ??
    limitGate(dialect, event) ??
    placeGate(dialect, event, path) ??
    signGate(dialect, event)
  );
}

function skip(code: string, text: string): Gate {
  return { decision: "skip", code, text };
}

function refGate({ name, ref, before, after }: TriggerEvent): Gate | undefined {
  if (name !== "push") return undefined;
  // rule deletions-start-nothing: a push that deletes its ref has no commit to run
  if (after !== undefined && isZero(after)) return skip("ref-deleted", "the push deletes its branch or tag");
  // rule test-delivery: a push from a commit to itself is how Gitea tries a webhook out
  if (before !== undefined && before === after) return skip("nothing-pushed", "before and after are the same commit");
  // rule branches-and-tags-only: pushes to other refs are no events
  if (!/^refs\/(heads|tags)\//.test(ref) && ref.startsWith("refs/")) {
    return skip("ref-of-no-kind", "only pushes to branches and tags are events");
  }
  return undefined;
}

/** The users that the forges' own jobs act as, and the events which even they may cause. */
const jobUsers = {
  gitea: { login: "gitea-actions", mayCause: ["schedule", "workflow_dispatch"] },
  github: { login: "github-actions[bot]", mayCause: ["workflow_dispatch", "repository_dispatch"] },
} as const;

function senderGate({ forge }: Dialect, { name, sender }: TriggerEvent): Gate | undefined {
  const { login, mayCause } = jobUsers[forge];
  // rule jobs-start-no-jobs: what a job does with its own token is no event
  if (sender !== login || mayCause.some((event) => event === name)) return undefined;
  return skip("sender-is-a-job", `${login} did it, and what a job does starts no other job`);
}

/** GitHub makes no event of tags when a push brings more of them. */
const githubTags = 3;

/** Runs of workflow_run that may stand in a row, the next one not counted. */
const chained = { gitea: 5, github: 3 } as const;

/** What the forges do not even look at. */
function limitGate({ forge }: Dialect, event: TriggerEvent): Gate | undefined {
  const { name, ref, archived, conflict, tagsAtOnce = 1, chain = 0 } = event;
  // rule archived-repositories: nothing runs in a repository that is archived
  if (archived) return skip("archived", "the repository is archived");
  const isTag = ref.startsWith("refs/tags/");
  // rule many-tags: GitHub makes no event of more than three tags in one push
  if (forge === "github" && isTag && tagsAtOnce > githubTags) {
    return skip(
      "many-tags",
      `${tagsAtOnce} tags came in one push, and of more than ${githubTags} GitHub makes no event`,
    );
  }
  // rule merge-conflicts: GitHub runs the merge of a pull request, and there is none
  if (forge === "github" && name === "pull_request" && conflict) {
    return skip("merge-conflict", "the pull request has a conflict, so there is no merge that GitHub could run");
  }
  // rule chained-runs: a run that follows a run that follows a run … ends somewhere
  if (name === "workflow_run" && chain >= chained[forge]) {
    return skip(
      "chain-too-long",
      `${chain} runs of workflow_run stand in a row before it, and the forge allows no more`,
    );
  }
  return undefined;
}

function placeGate(dialect: Dialect, { name, ref, defaultBranch, disabled = [] }: TriggerEvent, path: string) {
  // rule disabled-workflows: switched off at the forge
  if (disabled.some((one) => one === path || one === workflowId(path)) && !ignoresSwitch(dialect, name)) {
    return skip("workflow-disabled", "the workflow is switched off at the forge");
  }
  // rule read-from-default-branch: some events look at the default branch's files alone
  if (defaultBranch !== undefined && ref.startsWith("refs/heads/") && ref !== `refs/heads/${defaultBranch}`) {
    if (isDefaultBranchEvent(dialect, name)) {
      return skip("not-the-default-branch", `for ${name} only the files of the default branch are read`);
    }
  }
  return undefined;
}

/** Gitea does not ask whether a workflow that it reads from the base branch is switched off. */
function ignoresSwitch(dialect: Dialect, event: string): boolean {
  return dialect.forge === "gitea" && event === "pull_request_target";
}

function isDefaultBranchEvent(dialect: Dialect, event: string): boolean {
  if (dialect.forge === "gitea") return defaultBranchGiteaEvents.includes(event);
  return githubEvents[event]?.defaultBranch === true;
}

function signGate(dialect: Dialect, event: TriggerEvent): Gate | undefined {
  const sign = findSkipSign(dialect, event);
  if (!sign) return undefined;
  return sign.kind === "skip"
    ? skip("skip-string", sign.text)
    : { decision: "undecided", code: "skip-string-unsettled", text: sign.text };
}
