import type { ForgeKind } from "../core/event.ts";
import type { Reading, WebhookRequest } from "../core/webhook/webhook-request.ts";

/**
 * The meaning of a verified delivery, in words of no forge.
 *
 * Each forge's reader is loaded with its first delivery, because the shapes that it makes would be most of the public door's start.
 *
 * @param kind of the forge that the address names; headers that claim another kind make the delivery invalid
 */
export async function readWebhook(kind: ForgeKind, request: WebhookRequest): Promise<Reading> {
  switch (kind) {
    case "gitea":
      return (await import("../core/webhook/webhook-gitea.ts")).readGiteaWebhook(request);
    case "github":
      return (await import("../core/webhook/webhook-github.ts")).readGithubWebhook(request);
    case "git":
      return (await import("../core/webhook/webhook-git.ts")).readGitWebhook(request);
  }
}
