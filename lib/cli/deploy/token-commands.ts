import * as z from "zod/mini";
import { isoOf } from "../../core/iso-time.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { accepted, readAnswer, withDeployApi } from "./deploy-client.ts";

const TokenView = z.object({
  name: z.string(),
  app: z.string(),
  env: z.string(),
  expiresAt: z.number(),
  revokedAt: z.optional(z.number()),
});
const Tokens = z.object({ tokens: z.array(TokenView) });
const Created = z.object({ token: TokenView, secret: z.string() });

export async function listTokens(call: Call): Promise<ExitCode> {
  const { options, terminal } = call;
  return withDeployApi(call, async (api) => {
    const { tokens } = readAnswer(Tokens, await api.ask("GET", "/api/tokens"), "the deploy API");
    if (options.json) terminal.print(JSON.stringify({ tokens }, null, 2));
    else if (tokens.length === 0) terminal.say("No tokens: `dayfly token create` makes one.");
    for (const { name, app, env, expiresAt, revokedAt } of options.json ? [] : tokens) {
      const end = revokedAt === undefined ? `until ${isoOf(expiresAt)}` : `revoked ${isoOf(revokedAt)}`;
      terminal.print(`${name.padEnd(16)}  ${`${app}/${env}`.padEnd(24)}  ${end}`);
    }
    return 0;
  });
}

/** The secret is the one result; everything else is talk, so that it can be piped into a secret store. */
export async function createToken(call: Call): Promise<ExitCode> {
  const { operands, options, terminal } = call;
  if (!/^\d{1,3}$/.test(String(options.days)))
    throw new CommandError("that is no number of days", {
      where: `--days ${options.days}`,
      remedy: "A whole number from 1 to 365.",
      exitCode: 2,
    });
  const body = { name: operands[0] ?? "", app: options.app ?? "", env: options.env ?? "", days: Number(options.days) };
  return withDeployApi(call, async (api) => {
    const answer = await api.ask("POST", "/api/tokens", body);
    const { token, secret } = readAnswer(Created, answer, `token ${body.name}`);
    terminal.say(`${token.name} opens ${token.app}/${token.env} until ${isoOf(token.expiresAt)}. It is shown once:`);
    terminal.print(secret);
    return 0;
  });
}

export async function revokeToken(call: Call): Promise<ExitCode> {
  const [name = ""] = call.operands;
  return withDeployApi(call, async (api) => {
    accepted(await api.ask("POST", `/api/tokens/${encodeURIComponent(name)}/revoke`, {}), `token ${name}`);
    call.terminal.print(`${name} is revoked`);
    return 0;
  });
}
