import type { ApiToken } from "../core/deploy/api-token.ts";
import type { DeployWorld } from "../core/deploy/deploy-ports.ts";
import { UserError } from "../core/errors.ts";
import { hashOf } from "../core/hash.ts";

const DAY_MS = 24 * 3_600_000;

/** The secret is handed out once and stored nowhere; `dfa_` lets a scanner of leaked secrets know it. */
export async function createToken(
  world: DeployWorld,
  {
    name,
    app,
    env,
    days,
  }: { readonly name: string; readonly app: string; readonly env: string; readonly days: number },
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  const secret = `dfa_${world.random.hex(64)}`;
  const createdAt = world.clock.now();
  const token: ApiToken = { name, app, env, hash: hashOf([secret]), createdAt, expiresAt: createdAt + days * DAY_MS };
  if ((await world.tokens.create(token)) === "exists")
    throw new UserError(`there was a token ${name} before: names are used once`);
  return { token, secret };
}

export async function revokeToken(world: DeployWorld, name: string): Promise<void> {
  if ((await world.tokens.revoke(name, world.clock.now())) === "unknown")
    throw new UserError(`there is no token ${name}`);
}
