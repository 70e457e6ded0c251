/**
 * What happened at a forge, in words that belong to no forge.
 *
 * An adapter turns a verified delivery into an envelope; nothing behind the webhook ever sees the payload.
 * Ids are strings (a 64-bit id does not survive a JavaScript number). Repository names never identify: ids do.
 */

/** Milliseconds since 1970, UTC. Core never asks for the time: it is told. */
export type Instant = number;

/** The forges whose rules we know. `git` is a bare repository on this computer; it follows the dialect of its workflow directory. */
export type ForgeKind = "gitea" | "github" | "git";

export interface Envelope {
  readonly v: 1;
  /** The forge's name in our configuration, never a host of the payload's choosing. */
  readonly forge: string;
  readonly deliveryId: string;
  /** Identity of the push where no job events exist: the spool's number for plain git. */
  readonly pushId?: string;
  /** The forge's webhook event: `push`, `pull_request`, `workflow_job`, `create`, … */
  readonly event: string;
  /** The action in workflow words: `synchronize`, never Gitea's `synchronized`. */
  readonly action?: string;
  readonly repo: RepoRef;
  /** Full ref: `refs/heads/main`, `refs/tags/v1`. */
  readonly ref?: string;
  /** The ref's commit before; all zeros for a new ref. */
  readonly before?: string;
  /** The ref's commit now (a tag is peeled where the payload says so); all zeros for a deleted ref. */
  readonly after?: string;
  /** The oldest commit that a push brought, where the forge tells: GitHub judges a new branch from there on. */
  readonly firstCommit?: string;
  /** Short name, where the payload tells it. */
  readonly defaultBranch?: string;
  readonly archived?: true;
  /** For a tag: how many tags the same push brought, where somebody counted. */
  readonly tagsAtOnce?: number;
  readonly pr?: PullRequest;
  readonly job?: JobNotice;
  /** Login of whoever caused it; forges ignore events of their own Actions user. */
  readonly sender: string;
  /** When we received it. */
  readonly at: Instant;
}

export interface RepoRef {
  readonly id: string;
  /** `owner/name`, for people and for API paths; it may change, the id does not. */
  readonly name: string;
}

export interface PullRequest {
  readonly number: string;
  /** Untrusted text: it may hold a skip string, and anything else. */
  readonly title: string;
  readonly headSha: string;
  /** Short name of the branch it wants to go into. */
  readonly baseRef: string;
  readonly mergeBase?: string;
  /** The forge says that it cannot be merged; it may not know yet. */
  readonly conflict?: true;
  readonly fork: boolean;
}

/** A forge's word about one job. */
export interface JobNotice {
  readonly id: string;
  readonly runId: string;
  /** Counts tries of one job id from 1: Gitea's run_attempt counts pick-ups, the adapter corrects it. */
  readonly try: number;
  readonly name: string;
  readonly labels: readonly string[];
  readonly status: JobStatus;
  readonly conclusion?: Conclusion;
  readonly runnerName?: string;
  readonly headSha: string;
}

/** GitHub's words. `queued`: any runner may take it. `waiting`: blocked by needs, approval or concurrency. */
export type JobStatus = "queued" | "waiting" | "in_progress" | "completed";

/** How a job ended, in the forge's words. */
export type Conclusion = "success" | "failure" | "cancelled" | "skipped";

/** Git's way to say "no commit": 40 zeros, or 64 in a SHA-256 repository. */
export function isZero(sha: string): boolean {
  return /^0+$/.test(sha);
}
