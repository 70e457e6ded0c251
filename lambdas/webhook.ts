import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { receiveWebhook, type WebhookAnswer } from "../lib/app/webhook.ts";
import { webhookWorld } from "./webhook-world.ts";

const world = webhookWorld(process.env);

/** `POST /webhook/<forge>` */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { status, body } = await receive(event);
  return { statusCode: status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function receive(event: APIGatewayProxyEventV2): Promise<WebhookAnswer> {
  try {
    return await receiveWebhook(world, {
      forge: event.pathParameters?.forge ?? "",
      headers: event.headers,
      body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
    });
  } catch (error) {
    world.log.error("webhook failed", { error: error instanceof Error ? error.message : "unknown" });
    return { status: 503, body: { result: "refused", reason: "not now, send it again" } };
  }
}
