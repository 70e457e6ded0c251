import type { ApiToken } from "../../core/deploy/api-token.ts";
import type { TokenBody } from "../../core/deploy/deploy-calls.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import { hashOf } from "../../core/hash.ts";

const DAY_MS = 24 * 3_600_000;

/** A token as it is told: without the hash of its secret. */
export type TokenView = Omit<ApiToken, "hash">;

/** The secret is handed out once and stored nowhere; `dfa_` lets a scanner of leaked secrets know it. */
export async function createToken(
  world: Pick<DeployWorld, "clock" | "random" | "tokens" | "log">,
  { name, app, env, days }: TokenBody,
): Promise<{ readonly token: TokenView; readonly secret: string } | "exists"> {
  const secret = `dfa_${world.random.hex(64)}`;
  const createdAt = world.clock.now();
  const token: ApiToken = { name, app, env, hash: hashOf([secret]), createdAt, expiresAt: createdAt + days * DAY_MS };
  if ((await world.tokens.create(token)) === "exists") return "exists";
  world.log.info("API token created", { name, app, env, days });
  return { token: viewOf(token), secret };
}

export async function listTokens({ tokens }: Pick<DeployWorld, "tokens">): Promise<readonly TokenView[]> {
  return (await tokens.list()).map(viewOf);
}

function viewOf({ hash: _hash, ...token }: ApiToken): TokenView {
  return token;
}
