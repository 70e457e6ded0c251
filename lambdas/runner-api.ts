import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as z from "zod/mini";
import { claim } from "../lib/app/claim.ts";
import { credentials } from "../lib/app/credentials.ts";
import { exit } from "../lib/app/exit.ts";
import { CredentialsBody } from "../lib/core/webhook/runner-calls.ts";
import { bodyText } from "./body.ts";
import { callerOf } from "./caller.ts";
import { readMachineCommand } from "./config.ts";
import { controlWorld } from "./control-world.ts";
import { runnerApiEnv } from "./env.ts";
import { grantWorld } from "./grant-world.ts";

const env = runnerApiEnv(process.env);
const world = controlWorld("runner-api", env);
const grants = grantWorld(world, env);

const bootId = z.string().check(z.regex(/^[0-9a-f-]{36}$/));
const ClaimBody = z.object({ bootId });
const ExitBody = z.object({
  bootId,
  cause: z.enum(["job-done", "idle", "spot", "deadline", "boot-failed", "crashed"]),
  code: z.int(),
});

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Text of a program, instead of JSON. */
  readonly program?: string;
}

/**
 * `POST /runner/claim`, `/runner/exit` and `/runner/command`, whose caller's signature the gateway has checked, and `/runner/credentials`, which
 * is a job's call: a job has no keys of its own, so it shows the machine's token.
 */
export async function handler(
  event: APIGatewayProxyEventV2WithIAMAuthorizer,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { status, body, program } = await answer(event).catch((error: unknown): Answer => {
    world.log.error("machine not served", { error: error instanceof Error ? error.message : String(error) });
    return { status: 503, body: { error: "later", text: "not now, come again" } };
  });
  world.log.flush();
  if (program !== undefined)
    return { statusCode: status, headers: { "content-type": "text/javascript" }, body: program };
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { statusCode: status, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
}

async function answer(event: APIGatewayProxyEventV2WithIAMAuthorizer): Promise<Answer> {
  if (event.rawPath === "/runner/credentials") {
    const body = CredentialsBody.safeParse(parsed(event));
    return body.success ? credentials(grants, bearerOf(event), body.data.grant) : malformed;
  }
  const caller = callerOf(event.requestContext.authorizer?.iam?.userArn, env.RUNNER_ROLES);
  if (!caller) return { status: 403, body: { error: "not-a-machine", text: "only our machines are answered here" } };
  if (event.rawPath === "/runner/command") return { status: 200, program: readMachineCommand(env.LAMBDA_TASK_ROOT) };
  const sent = parsed(event);
  if (event.rawPath === "/runner/claim") {
    const body = ClaimBody.safeParse(sent);
    return body.success ? claim(world, caller, body.data.bootId) : malformed;
  }
  if (event.rawPath === "/runner/exit") {
    const body = ExitBody.safeParse(sent);
    return body.success ? exit(world, caller, body.data) : malformed;
  }
  return { status: 404, body: { error: "no-such-path", text: "there is no such call" } };
}

function bearerOf({ headers }: APIGatewayProxyEventV2WithIAMAuthorizer): string | undefined {
  return /^Bearer ([0-9a-f]{64})$/.exec(headers?.authorization ?? "")?.[1];
}

const malformed: Answer = { status: 400, body: { error: "malformed", text: "the body is not what was asked for" } };

function parsed(event: APIGatewayProxyEventV2WithIAMAuthorizer): unknown {
  try {
    return JSON.parse(bodyText(event));
  } catch {
    return undefined;
  }
}
