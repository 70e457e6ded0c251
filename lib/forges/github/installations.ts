import * as z from "zod/mini";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type GithubApi, type GithubClient, githubClient } from "./api.ts";
import type { GithubOptions } from "./options.ts";

const Installations = z.array(z.object({ id: Id, suspended_at: z.nullish(z.string()) }));
const Token = z.object({ token: z.string().check(z.minLength(1)) });

const PAGE = 100;
const MAX_PAGES = 10;

/** A client for each place where the App is installed, that may list its repositories and nothing more. */
export async function installationClients(api: GithubApi, options: GithubOptions): Promise<readonly GithubClient[]> {
  const { app } = api;
  if (!app) return [];
  const clients: GithubClient[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { per_page: `${PAGE}`, page: `${page}` };
    const found = await app.read({ method: "GET", path: "/app/installations", query, shape: Installations });
    for (const { id, suspended_at } of found) if (!suspended_at) clients.push(await clientOf(app, options, id));
    if (found.length < PAGE) break;
  }
  return clients;
}

async function clientOf(app: GithubClient, options: GithubOptions, id: string): Promise<GithubClient> {
  const { token } = await app.read({
    method: "POST",
    path: "/app/installations/{installation_id}/access_tokens",
    params: { installation_id: id },
    body: { permissions: { metadata: "read" } },
    repeatable: true,
    shape: Token,
  });
  return githubClient(options, { header: async () => `Bearer ${token}` });
}
