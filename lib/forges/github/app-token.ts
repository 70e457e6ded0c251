import { createPrivateKey, sign } from "node:crypto";
import * as z from "zod/mini";
import { UserError } from "../../core/errors.ts";
import type { Instant } from "../../core/event.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type Credential, type Http, httpClient } from "../http/http-client.ts";
import { baseOf, headers } from "./base.ts";
import type { GithubOptions } from "./options.ts";
import { permissions } from "./permissions.ts";

const Installation = z.object({ id: Id });
const Token = z.object({ token: z.string().check(z.minLength(1)), expires_at: z.string() });

/** An installation token lives an hour; it is renewed this long before its end. */
const MARGIN_MS = 5 * 60 * 1000;
/** Our clock may be ahead of GitHub's; GitHub takes at most ten minutes. */
const JWT_SECONDS = { before: 60, after: 540 };

/** What git on a machine gets: no more than a job's own token can. */
const readOnly = { contents: "read", metadata: "read" } as const;

export interface AppCredentials {
  /** The App itself: its hook, its deliveries, its installations. */
  readonly app: Credential;
  /** One repository through the App's installation there. */
  of(repo: string): Credential;
  /** A token of its own that reads this repository's content and nothing else, good for an hour. */
  readToken(repo: string): Promise<string>;
}

/** Credentials of a GitHub App. Tokens stay in memory; their length and form are nobody's business. */
export function appCredentials(
  options: GithubOptions,
  { id, key }: { readonly id: string; readonly key: () => Promise<string> },
): AppCredentials {
  const { now } = options.world;
  const app: Credential = { header: async () => `Bearer ${appJwt(id, await key(), now())}` };
  const base = baseOf(options.url);
  const http = httpClient({
    url: base.url,
    credential: app,
    world: options.world,
    headers,
    onRequest: options.onRequest,
  });
  const tokens = new Map<string, { readonly token: string; readonly until: Instant }>();

  return {
    app,
    of: (repo) => ({
      async header() {
        const kept = tokens.get(repo);
        if (kept && kept.until > now()) return `Bearer ${kept.token}`;
        const fresh = await installationToken(http, base.rest, repo);
        tokens.set(repo, { token: fresh.token, until: Date.parse(fresh.expires_at) - MARGIN_MS });
        return `Bearer ${fresh.token}`;
      },
      forget: () => void tokens.delete(repo),
    }),
    readToken: async (repo) => (await installationToken(http, base.rest, repo, readOnly)).token,
  };
}

/** For one repository at a time. The installation is asked for by its name, never taken from a webhook. */
async function installationToken(
  http: Http,
  rest: string,
  repository: string,
  wanted: Readonly<Record<string, string>> = permissions,
): Promise<z.infer<typeof Token>> {
  const [owner = "", repo = ""] = repository.split("/", 2);
  const found = await http.send({
    method: "GET",
    path: `${rest}/repos/{owner}/{repo}/installation`,
    params: { owner, repo },
    shape: Installation,
    tolerates: [404],
  });
  if (found.kind === "refused") throw new UserError(`the GitHub App is not installed on ${repository}`);
  const made = await http.send({
    method: "POST",
    path: `${rest}/app/installations/{installation_id}/access_tokens`,
    params: { installation_id: found.value.id },
    body: { repositories: [repo], permissions: wanted },
    repeatable: true,
    shape: Token,
    tolerates: [422],
  });
  if (made.kind === "ok") return made.value;
  throw new UserError(`the GitHub App lacks rights on ${repository}; it needs ${Object.keys(wanted).join(", ")}`);
}

/** A JSON Web Token signed with RS256, as GitHub wants it for an App. */
export function appJwt(issuer: string, privateKey: string, now: Instant): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - JWT_SECONDS.before, exp: seconds + JWT_SECONDS.after, iss: issuer };
  const signed = `${base64Url({ alg: "RS256", typ: "JWT" })}.${base64Url(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), keyOf(privateKey)).toString("base64url")}`;
}

function keyOf(pem: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new UserError("the GitHub App's private key is not a key in PEM");
  }
}

function base64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
