import { answerBearer, MAX_BODY_BYTES } from "../../app/deploy/deploy-routes.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import { readBody } from "./read-body.ts";

/** The deploy API on this computer's server. */
export async function deployApi(world: DeployWorld, request: Request): Promise<Response> {
  const { pathname: path, searchParams } = new URL(request.url);
  // One byte too many is enough to be refused.
  const body = Buffer.from(await readBody(request, MAX_BODY_BYTES + 1)).toString("utf8");
  const answer = await answerBearer(world, request.headers.get("authorization") ?? undefined, {
    method: request.method,
    path,
    query: Object.fromEntries(searchParams),
    body,
  });
  return Response.json(answer.body, { status: answer.status, headers: { "cache-control": "no-store" } });
}
