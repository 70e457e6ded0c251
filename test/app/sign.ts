import type { WebhookCall } from "../../lib/app/webhook.ts";
import { hmacSha256 } from "../../lib/core/hash.ts";
import { testSecrets } from "../world/memory-secrets.ts";

const zero = "0".repeat(40);

export const push = {
  ref: "refs/heads/main",
  before: zero,
  after: "a".repeat(40),
  head_commit: { id: "a".repeat(40) },
  repository: { id: 7, full_name: "acme/shop" },
  sender: { login: "ada" },
};

/** A delivery as GitHub sends it, signed with the same secret. */
export function githubDelivery(payload: unknown, { event = "push", id = "d-1" } = {}): WebhookCall {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = `sha256=${hmacSha256(testSecrets.current, body)}`;
  return {
    forge: "home",
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": signature,
    },
    body,
  };
}

/** A delivery as Gitea sends it, signed with one of the test secrets. */
export function delivery(
  payload: unknown,
  { secret = testSecrets.current as string, event = "push", id = "d-1" } = {},
): WebhookCall {
  const body = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload, null, 2));
  return {
    forge: "home",
    headers: {
      "content-type": "application/json",
      "x-gitea-event": event,
      "x-gitea-delivery": id,
      "x-gitea-signature": hmacSha256(secret, body),
      "x-hub-signature-256": `sha256=${hmacSha256(secret, body)}`,
    },
    body,
  };
}
