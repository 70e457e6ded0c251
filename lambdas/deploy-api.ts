import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { answerBearer, answerDeployCall } from "../lib/app/deploy/deploy-routes.ts";
import { administratorCall } from "./administrator-call.ts";
import { bodyText } from "./body.ts";
import { controlWorld } from "./control-world.ts";
import { deployWorld } from "./deploy-world.ts";
import { controlEnv } from "./env.ts";

const env = controlEnv(process.env);
const world = deployWorld(controlWorld("deploy-api", env), env);

/** `/api/…`: whoever calls shows a bearer token, of a machine or of the API; the policy of dayfly.yaml decides. */
export async function handler(event: unknown): Promise<APIGatewayProxyStructuredResultV2> {
  const direct = administratorCall(event);
  if (direct) {
    const { status, body } = await answerDeployCall(world, direct.asker, direct.call).finally(() => world.log.flush());
    return answer(status, body);
  }
  return answerGateway(event as APIGatewayProxyEventV2);
}

async function answerGateway(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { rawPath: path, headers, queryStringParameters: query = {}, requestContext } = event;
  try {
    const call = { method: requestContext.http.method, path, query, body: bodyText(event) };
    const { status, body } = await answerBearer(world, headers.authorization, call);
    return answer(status, body);
  } catch (error) {
    world.log.error("deploy call not served", { error: error instanceof Error ? error.message : String(error) });
    return answer(500, { error: "fault", text: "this is our fault; the log has it" });
  } finally {
    world.log.flush();
  }
}

function answer(statusCode: number, body: object): APIGatewayProxyStructuredResultV2 {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { statusCode, headers, body: JSON.stringify(body) };
}
