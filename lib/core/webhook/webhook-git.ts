import * as z from "zod/mini";
import { isZero } from "../event.ts";
import {
  envelopeBase,
  FullRef,
  Id,
  ignore,
  invalid,
  type Reading,
  Sha,
  type WebhookRequest,
} from "./webhook-request.ts";

const Push = z.object({
  ref: FullRef,
  before: Sha,
  after: Sha,
  /** The line's number in the repository's spool: the same push, read from there by the sweep, has the same identity. */
  pushId: Id,
  repository: z.object({ id: z.string(), name: z.string() }),
  sender: z.string(),
  tags: z.optional(z.int().check(z.positive())),
});

/** What our own post-receive hook tells: pushes only. */
export function readGitWebhook(request: WebhookRequest): Reading {
  const parsed = Push.safeParse(request.payload);
  if (!parsed.success) return invalid("push", parsed.error);
  const { ref, before, after, pushId, repository, sender, tags } = parsed.data;
  if (isZero(after)) return ignore("ref-deleted", "the ref was deleted: no workflow runs on that");
  return {
    kind: "event",
    envelope: {
      ...envelopeBase(request, `${repository.id}:${pushId}`, "push", { repo: repository }, sender),
      pushId,
      ref,
      before,
      after,
      ...(tags === undefined ? {} : { tagsAtOnce: tags }),
    },
  };
}
