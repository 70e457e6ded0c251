import * as z from "zod/mini";
import { type Conclusion, isZero, type JobNotice, type JobStatus } from "../event.ts";
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
 * What a GitHub delivery means.
 *
 * @source GitHub's webhook documentation; its own example payloads are the test
 */
export function readGithubWebhook(request: WebhookRequest): Reading {
  const event = request.headers["x-github-event"];
  const delivery = DeliveryId.safeParse(request.headers["x-github-delivery"]);
  if (event === undefined || !delivery.success) {
    return {
      kind: "invalid",
      text: "the headers X-GitHub-Event and X-GitHub-Delivery are missing: is this a GitHub webhook?",
    };
  }
  if (event === "push") return readPush(request, delivery.data);
  if (event === "pull_request") return readPullRequest(request, delivery.data);
  if (event === "workflow_job") return readJob(request, delivery.data);
  if (event === "ping") return ignore("ping", "GitHub's ping: the webhook works");
  return ignore("event-not-planned", "only push, pull_request and workflow_job events are acted upon");
}

const Push = z.object({
  ref: FullRef,
  before: Sha,
  after: Sha,
  head_commit: z.nullish(z.object({ id: Sha })),
  // Oldest first, and cut at its end: the first one is always there.
  commits: z.nullish(z.array(z.object({ id: Sha }))),
  repository: Repository,
  sender: z.optional(Sender),
});

function readPush(request: WebhookRequest, deliveryId: string): Reading {
  const parsed = Push.safeParse(request.payload);
  if (!parsed.success) return invalid("push", parsed.error);
  const { ref, before, after, head_commit, commits, repository, sender } = parsed.data;
  if (isZero(after)) return ignore("ref-deleted", "the ref was deleted: no workflow runs on that");
  // For an annotated tag `after` is the tag object; runs and job events name the commit.
  const commit = head_commit?.id ?? after;
  return {
    kind: "event",
    envelope: {
      ...envelopeBase(request, deliveryId, "push", repository, sender?.login ?? ""),
      ref,
      before,
      after: commit,
      ...(commits?.[0] ? { firstCommit: commits[0].id } : {}),
    },
  };
}

const PullRequest = z.object({
  action: z.string().check(z.maxLength(64)),
  pull_request: z.object({
    number: Id,
    title: Title,
    mergeable: z.nullish(z.boolean()),
    merge_commit_sha: z.nullish(Sha),
    head: z.object({ sha: Sha, repo: z.nullish(z.object({ id: Id })) }),
    base: z.object({ ref: z.string().check(z.maxLength(1024)), repo: z.object({ id: Id }) }),
  }),
  repository: Repository,
  sender: Sender,
});

function readPullRequest(request: WebhookRequest, deliveryId: string): Reading {
  const parsed = PullRequest.safeParse(request.payload);
  if (!parsed.success) return invalid("pull_request", parsed.error);
  const { action, pull_request: pr, repository, sender } = parsed.data;
  return {
    kind: "event",
    envelope: {
      ...envelopeBase(request, deliveryId, "pull_request", repository, sender.login),
      action,
      ref: `refs/pull/${pr.number}/merge`,
      // GitHub reads the workflow files of the test merge, which it makes some seconds later than the pull request.
      after: pr.merge_commit_sha ?? pr.head.sha,
      pr: {
        number: pr.number,
        title: pr.title,
        headSha: pr.head.sha,
        baseRef: pr.base.ref,
        // Null until GitHub has tried the merge.
        ...(pr.mergeable === false ? { conflict: true } : {}),
        // A head without a repository is a deleted fork.
        fork: pr.head.repo?.id !== pr.base.repo.id,
      },
    },
  };
}

/** Shared with the adapter: the job list of the REST API has the same shape. */
export const GithubJob = z.object({
  id: Id,
  run_id: Id,
  run_attempt: z.optional(z.int().check(z.positive())),
  name: z.string().check(z.maxLength(1024)),
  labels: Labels,
  status: z.string(),
  conclusion: z.nullish(z.string()),
  head_sha: Sha,
  head_branch: z.nullish(z.string().check(z.maxLength(1024))),
  runner_name: z.nullish(z.string().check(z.maxLength(256))),
});
export type GithubJob = z.infer<typeof GithubJob>;

const WorkflowJob = z.object({ workflow_job: GithubJob, repository: Repository, sender: Sender });

function readJob(request: WebhookRequest, deliveryId: string): Reading {
  const parsed = WorkflowJob.safeParse(request.payload);
  if (!parsed.success) return invalid("workflow_job", parsed.error);
  const { workflow_job: job, repository, sender } = parsed.data;
  const notice = githubJobNotice(job);
  return {
    kind: "event",
    envelope: {
      ...envelopeBase(request, deliveryId, "workflow_job", repository, sender.login),
      action: notice.status,
      // GitHub tells only the short name, of a branch or of a tag.
      ...(job.head_branch ? { ref: job.head_branch } : {}),
      after: job.head_sha,
      job: notice,
    },
  };
}

/** The status, not the action, decides: an action of `queued` can come with a status of `waiting` (an environment's gate). */
export function githubJobNotice(job: GithubJob): JobNotice {
  const status = jobStatus(job.status);
  return {
    id: job.id,
    runId: job.run_id,
    try: job.run_attempt ?? 1,
    name: job.name,
    labels: job.labels,
    status,
    ...(status === "completed" ? { conclusion: conclusion(job.conclusion) } : {}),
    ...(job.runner_name ? { runnerName: job.runner_name } : {}),
    headSha: job.head_sha,
  };
}

function jobStatus(word: string): JobStatus {
  if (word === "queued" || word === "in_progress" || word === "completed") return word;
  return "waiting"; // waiting, pending, requested: not yet for any runner
}

function conclusion(word: string | null | undefined): Conclusion {
  if (word === "success" || word === "neutral") return "success";
  if (word === "cancelled" || word === "stale") return "cancelled";
  if (word === "skipped") return "skipped";
  return "failure"; // failure, timed_out, startup_failure, action_required
}
