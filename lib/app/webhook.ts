import { WorldError } from "../core/errors.ts";
import type { Envelope } from "../core/event.ts";
import { hmacSha256 } from "../core/hash.ts";
import { parseJson } from "../core/json.ts";
import type { World } from "../core/ports.ts";
import { checkSignature } from "../core/webhook/signature.ts";

import type { Headers } from "../core/webhook/webhook-request.ts";
import { readWebhook } from "./read-webhook.ts";

/** API Gateway and Lambda let no more through anyway; the sweep heals what is larger. */
export const MAX_BODY_BYTES = 5_000_000;
const MAX_ENVELOPE_BYTES = 8192;

/** One request to `POST /webhook/<forge>`. */
export interface WebhookCall {
  /** From the path: it finds secret, kind and address. */
  readonly forge: string;
  /** Names in lower case. */
  readonly headers: Headers;
  /** The bytes as they came. */
  readonly body: Uint8Array;
}

export interface WebhookAnswer {
  readonly status: 200 | 202 | 400 | 401 | 413 | 415 | 503;
  readonly body: { readonly result: string; readonly reason: string };
}

export type WebhookWorld = Pick<World, "config" | "clock" | "log" | "queue" | "secrets">;

/**
 * The public door: from a request to one queued message, or to an answer that says why not.
 *
 * Cheap refusals come first, and nothing of a body is parsed before its signature holds. A refused request leaves nothing behind.
 */
export async function receiveWebhook(world: WebhookWorld, call: WebhookCall): Promise<WebhookAnswer> {
  if (call.body.byteLength > MAX_BODY_BYTES)
    return answer(413, "refused", `a body has at most ${MAX_BODY_BYTES} bytes`);
  if (!isJson(call.headers["content-type"]))
    return answer(415, "refused", "set the webhook's content type to application/json");
  const signature = checkSignature(call, await world.secrets.webhook(call.forge), hmacSha256);
  const forge = world.config.forges.find(({ name }) => name === call.forge);
  if (signature !== "valid" || !forge) {
    world.log.warn("webhook refused", { forge: forge?.name ?? "unknown", signature });
    return answer(401, "refused", "the signature is missing or wrong");
  }
  const payload = parseJson(Buffer.from(call.body).toString("utf8"));
  if (payload === undefined) return answer(400, "refused", "the body is not JSON");
  const request = { forge: forge.name, headers: call.headers, payload, at: world.clock.now() };
  const reading = await readWebhook(forge.kind, request);
  switch (reading.kind) {
    case "invalid":
      return answer(400, "refused", reading.text);
    case "ignore":
      world.log.info("webhook ignored", { forge: forge.name, reason: reading.reason.code });
      return answer(200, "ignored", reading.reason.text);
    case "event":
      return enqueue(world, reading.envelope);
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(";")[0]?.trim().toLowerCase() === "application/json";
}

async function enqueue(world: WebhookWorld, envelope: Envelope): Promise<WebhookAnswer> {
  const { forge, deliveryId, event, repo } = envelope;
  if (Buffer.byteLength(JSON.stringify(envelope)) > MAX_ENVELOPE_BYTES)
    return answer(400, "refused", "names in it are too long");
  try {
    await world.queue.send({ v: 1, kind: "event", envelope });
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    world.log.error("webhook not queued", { forge, deliveryId, error: error.message });
    return answer(503, "refused", "it could not be queued, send it again");
  }
  world.log.info("webhook queued", { forge, deliveryId, event, repo: repo.name });
  return answer(202, "queued", `${event} of ${repo.name} is queued`);
}

function answer(status: WebhookAnswer["status"], result: string, reason: string): WebhookAnswer {
  return { status, body: { result, reason } };
}
