import type { ForgeKind } from "../event.ts";
import { readGitWebhook } from "./webhook-git.ts";
import { readGiteaWebhook } from "./webhook-gitea.ts";
import { readGithubWebhook } from "./webhook-github.ts";
import type { Reading, WebhookRequest } from "./webhook-request.ts";

/**
 * The meaning of a verified delivery, in words of no forge.
 *
 * @param kind of the forge that the address names; headers that claim another kind make the delivery invalid
 */
export function readWebhook(kind: ForgeKind, request: WebhookRequest): Reading {
  switch (kind) {
    case "gitea":
      return readGiteaWebhook(request);
    case "github":
      return readGithubWebhook(request);
    case "git":
      return readGitWebhook(request);
  }
}
