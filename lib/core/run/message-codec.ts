import * as z from "zod";
import type { Envelope, JobNotice, PullRequest, RepoRef } from "../event.ts";
import type { Message } from "../ports.ts";
import type { Shape } from "./row.ts";

/** A queue's message body → the message; undefined where it is not one of ours, and so can never be handled. */
export function readMessage(body: string): Message | undefined {
  try {
    return MessageBody.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

const text = z.string();

const Repo = z.object({ id: text, name: text } satisfies Shape<RepoRef>);

const PullRequestNotice = z.object({
  number: text,
  title: text,
  headSha: text,
  baseRef: text,
  mergeBase: text.optional(),
  conflict: z.literal(true).optional(),
  fork: z.boolean(),
} satisfies Shape<PullRequest>);

const Job = z.object({
  id: text,
  runId: text,
  try: z.int(),
  name: text,
  labels: z.array(text),
  status: z.enum(["queued", "waiting", "in_progress", "completed"]),
  conclusion: z.enum(["success", "failure", "cancelled", "skipped"]).optional(),
  runnerName: text.optional(),
  headSha: text,
} satisfies Shape<JobNotice>);

const EventEnvelope = z.object({
  v: z.literal(1),
  forge: text,
  deliveryId: text,
  pushId: text.optional(),
  event: text,
  action: text.optional(),
  repo: Repo,
  ref: text.optional(),
  before: text.optional(),
  firstCommit: text.optional(),
  after: text.optional(),
  defaultBranch: text.optional(),
  archived: z.literal(true).optional(),
  tagsAtOnce: z.int().optional(),
  pr: PullRequestNotice.optional(),
  job: Job.optional(),
  sender: text,
  at: z.int(),
} satisfies Shape<Envelope>);

const MessageBody = z.discriminatedUnion("kind", [
  z.object({ v: z.literal(1), kind: z.literal("event"), envelope: EventEnvelope }),
  z.object({ v: z.literal(1), kind: z.literal("wake"), runKey: text }),
  z.object({ v: z.literal(1), kind: z.literal("deploy"), deployId: text }),
]);
