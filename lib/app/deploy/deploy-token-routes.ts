import { TokenBody } from "../../core/deploy/deploy-calls.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import { type Asker, hasEnvironmentFor, unknownEnvironment } from "../../core/deploy/policy.ts";
import { parseJson } from "../../core/json.ts";
import { type ApiAnswer, type ApiCall, invalid, problem, refused } from "./deploy-answer.ts";
import { createToken, listTokens } from "./deploy-tokens.ts";

/** API tokens are an administrator's: no token makes another one. */
export async function answerTokenCall(
  world: DeployWorld,
  asker: Asker,
  { method, body }: ApiCall,
  name: string | undefined,
): Promise<ApiAnswer> {
  if (asker.kind !== "administrator") return problem(403, "tokens", "only an administrator hands out API tokens");
  if (method === "GET") return { status: 200, body: { tokens: await listTokens(world) } };
  if (name === undefined) return create(world, body);
  if ((await world.tokens.revoke(name, world.clock.now())) === "unknown")
    return problem(404, "unknown-token", `there is no token ${name}`);
  world.log.info("API token revoked", { name, by: asker.name });
  return { status: 200, body: { name, revoked: true } };
}

async function create(world: DeployWorld, text: string): Promise<ApiAnswer> {
  const body = TokenBody.safeParse(parseJson(text));
  if (!body.success) return invalid(body.error);
  if (!hasEnvironmentFor(world.rules, body.data)) return refused(unknownEnvironment(body.data));
  const created = await createToken(world, body.data);
  if (created === "exists")
    return problem(409, "name-used", `there was a token ${body.data.name} before: names are used once`);
  return { status: 201, body: created };
}
