import * as z from "zod/mini";
import { type Conclusion, isZero, type JobNotice } from "../event.ts";
import {
  DeliveryId,
  envelopeBase,
  FullRef,
  Id,
  ignore,
  invalid,
  Labels,
  type Reading,
  Repository,
  Sender,
  Sha,
  Title,
  type WebhookRequest,
} from "./webhook-request.ts";

/**
 * What a Gitea delivery means. A Gitea delivery carries X-GitHub-* headers too, so which forge it is comes from the address, never from here.
 *
 * @source Gitea 1.25.4 and 1.26.3, recorded in test/fixtures/gitea
 */
export function readGiteaWebhook(request: WebhookRequest): Reading {
  const event = request.headers["x-gitea-event"];
  const delivery = DeliveryId.safeParse(request.headers["x-gitea-delivery"]);
  if (event === undefined || !delivery.success) {
    return {
      kind: "invalid",
      text: "the headers X-Gitea-Event and X-Gitea-Delivery are missing: is this a Gitea webhook?",
    };
  }
  if (event === "push") return readPush(request, delivery.data);
  if (event === "pull_request") return readPullRequest(request, delivery.data);
  if (event === "workflow_job") return readJob(request, delivery.data);
  return ignore("event-not-planned", "only push, pull_request and workflow_job events are acted upon");
}

const Push = z.object({
  ref: FullRef,
  before: Sha,
  after: Sha,
  head_commit: z.nullish(z.object({ id: Sha })),
  repository: Repository,
  sender: Sender,
});

function readPush(request: WebhookRequest, deliveryId: string): Reading {
  const parsed = Push.safeParse(request.payload);
  if (!parsed.success) return invalid("push", parsed.error);
  const { ref, before, after, head_commit, repository, sender } = parsed.data;
  if (before === after) return ignore("test-delivery", "before and after are the same commit: Gitea's test delivery");
  if (isZero(after)) return ignore("ref-deleted", "the ref was deleted: no workflow runs on that");
  // For an annotated tag `after` is the tag object; runs and job events name the commit.
  const commit = head_commit?.id ?? after;
  return {
    kind: "event",
    envelope: { ...envelopeBase(request, deliveryId, "push", repository, sender.login), ref, before, after: commit },
  };
}

const PullRequest = z.object({
  action: z.string(),
  pull_request: z.object({
    number: Id,
    title: Title,
    merged: z.nullish(z.boolean()),
    merge_base: z.nullish(z.string()),
    merge_commit_sha: z.nullish(z.string()),
    head: z.object({ sha: Sha, repo_id: z.nullish(Id) }),
    base: z.object({ ref: z.string().check(z.maxLength(1024)), repo_id: z.nullish(Id) }),
  }),
  repository: Repository,
  sender: Sender,
});

/** Gitea's words for what a workflow calls otherwise. Clearing all labels starts nothing, `reviewed` belongs to another event. */
const actions: Readonly<Record<string, string | undefined>> = {
  synchronized: "synchronize",
  label_updated: "labeled",
  label_cleared: undefined,
  reviewed: undefined,
};

function readPullRequest(request: WebhookRequest, deliveryId: string): Reading {
  const parsed = PullRequest.safeParse(request.payload);
  if (!parsed.success) return invalid("pull_request", parsed.error);
  const { pull_request: pr, repository, sender } = parsed.data;
  const action = Object.hasOwn(actions, parsed.data.action) ? actions[parsed.data.action] : parsed.data.action;
  if (action === undefined)
    return ignore("action-starts-nothing", "Gitea starts no workflow on this pull request action");
  const mergeCommit = Sha.safeParse(pr.merge_commit_sha);
  const mergeBase = Sha.safeParse(pr.merge_base);
  const after = action === "closed" && pr.merged === true && mergeCommit.success ? mergeCommit.data : pr.head.sha;
  return {
    kind: "event",
    envelope: {
      ...envelopeBase(request, deliveryId, "pull_request", repository, sender.login),
      action,
      ref: `refs/pull/${pr.number}/head`,
      after,
      pr: {
        number: pr.number,
        title: pr.title,
        headSha: pr.head.sha,
        baseRef: pr.base.ref,
        ...(mergeBase.success ? { mergeBase: mergeBase.data } : {}),
        fork: pr.head.repo_id !== pr.base.repo_id,
      },
    },
  };
}

/** Shared with the adapter: the job list of the REST API has the same shape. */
export const GiteaJob = z.object({
  id: Id,
  run_id: Id,
  run_attempt: z.int().check(z.nonnegative()),
  name: z.string().check(z.maxLength(1024)),
  labels: z.nullish(Labels),
  status: z.enum(["queued", "waiting", "in_progress", "completed"]),
  conclusion: z.nullish(z.string()),
  head_sha: Sha,
  head_branch: z.nullish(z.string().check(z.maxLength(1024))),
  runner_id: z.nullish(Id),
  runner_name: z.nullish(z.string().check(z.maxLength(256))),
});
export type GiteaJob = z.infer<typeof GiteaJob>;

const WorkflowJob = z.object({ workflow_job: GiteaJob, repository: Repository, sender: Sender });

function readJob(request: WebhookRequest, deliveryId: string): Reading {
  const parsed = WorkflowJob.safeParse(request.payload);
  if (!parsed.success) return invalid("workflow_job", parsed.error);
  const { workflow_job: job, repository, sender } = parsed.data;
  return {
    kind: "event",
    envelope: {
      ...envelopeBase(request, deliveryId, "workflow_job", repository, sender.login),
      action: job.status,
      // Absent for tags and for pull requests: then the job event alone does not tell the ref.
      ...(job.head_branch ? { ref: `refs/heads/${job.head_branch}` } : {}),
      after: job.head_sha,
      job: giteaJobNotice(job),
    },
  };
}

/**
 * run_attempt counts pick-ups: one try is 0 while it waits and 1 once a runner has it, and a rerun's `queued` says 1 again.
 * So a job without a runner is in the try after the pick-ups so far.
 */
export function giteaJobNotice(job: GiteaJob): JobNotice {
  const picked = job.runner_id !== undefined && job.runner_id !== null && job.runner_id !== "0";
  return {
    id: job.id,
    runId: job.run_id,
    try: picked ? Math.max(1, job.run_attempt) : job.run_attempt + 1,
    name: job.name,
    labels: job.labels ?? [],
    status: job.status,
    ...(job.status === "completed" ? { conclusion: conclusion(job.conclusion) } : {}),
    ...(job.runner_name ? { runnerName: job.runner_name } : {}),
    headSha: job.head_sha,
  };
}

function conclusion(word: string | null | undefined): Conclusion {
  if (word === "success" || word === "cancelled" || word === "skipped") return word;
  return "failure";
}
