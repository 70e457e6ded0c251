import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as z from "zod/mini";
import { claim } from "../lib/app/claim.ts";
import { exit } from "../lib/app/exit.ts";
import { callerOf } from "./caller.ts";
import { controlWorld } from "./control-world.ts";
import { runnerApiEnv } from "./env.ts";

const env = runnerApiEnv(process.env);
const world = controlWorld("runner-api", env);

const bootId = z.string().check(z.regex(/^[0-9a-f-]{36}$/));
const ClaimBody = z.object({ bootId });
const ExitBody = z.object({
  bootId,
  cause: z.enum(["job-done", "idle", "spot", "deadline", "boot-failed"]),
  code: z.int(),
});

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** `POST /runner/claim` and `POST /runner/exit`; the gateway has checked the caller's signature. */
export async function handler(
  event: APIGatewayProxyEventV2WithIAMAuthorizer,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { status, body } = await answer(event).catch((error: unknown): Answer => {
    world.log.error("machine not served", { error: error instanceof Error ? error.message : String(error) });
    return { status: 503, body: { error: "later", text: "not now, come again" } };
  });
  world.log.flush();
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { statusCode: status, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
}

async function answer(event: APIGatewayProxyEventV2WithIAMAuthorizer): Promise<Answer> {
  const caller = callerOf(event.requestContext.authorizer?.iam?.userArn, env.RUNNER_ROLES);
  if (!caller) return { status: 403, body: { error: "not-a-machine", text: "only our machines are answered here" } };
  const sent = parsed(event);
  if (event.rawPath === "/runner/claim") {
    const body = ClaimBody.safeParse(sent);
    return body.success ? claim(world, caller, body.data.bootId) : malformed;
  }
  if (event.rawPath === "/runner/exit") {
    const body = ExitBody.safeParse(sent);
    return body.success ? exit(world, caller, body.data) : malformed;
  }
  return { status: 404, body: { error: "no-such-path", text: "there is /runner/claim and /runner/exit" } };
}

const malformed: Answer = { status: 400, body: { error: "malformed", text: "the body is not what was asked for" } };

function parsed({ body = "", isBase64Encoded }: APIGatewayProxyEventV2WithIAMAuthorizer): unknown {
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body);
  } catch {
    return undefined;
  }
}
