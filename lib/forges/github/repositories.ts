import * as z from "zod/mini";
import type { Instant, RepoRef } from "../../core/event.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import type { GithubApi, GithubClient } from "./api.ts";
import { installationClients } from "./installations.ts";
import type { GithubOptions } from "./options.ts";

const Repository = z.object({
  id: Id,
  full_name: z.string(),
  archived: z.optional(z.boolean()),
  permissions: z.optional(z.object({ admin: z.boolean() })),
});
type Repository = z.infer<typeof Repository>;
const Accessible = z.object({ repositories: z.array(Repository) });

const KEPT_MS = 10 * 60 * 1000;
const PAGE = 100;
const MAX_PAGES = 20;

/** Repositories whose runners we may register, remembered for ten minutes. */
export function githubRepositories(api: GithubApi, options: GithubOptions): () => Promise<readonly RepoRef[]> {
  const allows = options.allows ?? (() => true);
  let all: { readonly repos: readonly RepoRef[]; readonly until: Instant } | undefined;

  async function search(): Promise<readonly RepoRef[]> {
    const found = new Map<string, RepoRef>();
    for (const one of await (api.user ? ofUser(api.user) : ofApp(api, options))) {
      const ours = one.archived !== true && allows(one.full_name);
      if (ours) found.set(one.id, { id: one.id, name: one.full_name });
    }
    return [...found.values()];
  }

  return async function administrated() {
    const now = options.world.now();
    if (!all || all.until <= now) all = { repos: await search(), until: now + KEPT_MS };
    return all.repos;
  };
}

async function ofUser(user: GithubClient): Promise<readonly Repository[]> {
  const found: Repository[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { per_page: `${PAGE}`, page: `${page}`, sort: "pushed" };
    const listed = await user.read({ method: "GET", path: "/user/repos", query, shape: z.array(Repository) });
    found.push(...listed.filter(({ permissions }) => permissions?.admin === true));
    if (listed.length < PAGE) break;
  }
  return found;
}

async function ofApp(api: GithubApi, options: GithubOptions): Promise<readonly Repository[]> {
  const found: Repository[] = [];
  for (const client of await installationClients(api, options)) {
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = { per_page: `${PAGE}`, page: `${page}` };
      const path = "/installation/repositories";
      const { repositories } = await client.read({ method: "GET", path, query, shape: Accessible });
      found.push(...repositories);
      if (repositories.length < PAGE) break;
    }
  }
  return found;
}
