import * as z from "zod/mini";
import type { Instant, RepoRef } from "../../core/event.ts";
import { type GiteaApi, type GiteaOptions, GiteaRepository, repoParams, repoRef } from "./api.ts";

const Search = z.object({
  data: z.nullish(
    z.array(
      z.extend(GiteaRepository, {
        archived: z.optional(z.boolean()),
        has_actions: z.optional(z.boolean()),
        permissions: z.nullish(z.object({ admin: z.boolean() })),
      }),
    ),
  ),
});

export interface GiteaRepositories {
  /** Undefined where there is none that we may see. */
  byName(name: string): Promise<RepoRef | undefined>;
  /** Repositories whose runners we may register: those are the ones whose jobs are ours to serve. */
  administrated(): Promise<readonly RepoRef[]>;
}

const KEPT_MS = 10 * 60 * 1000;
const LIMIT = 50;
const MAX_PAGES = 40;

/** Names and ids, remembered for ten minutes: a sweep every few minutes does not ask again. */
export function giteaRepositories(api: GiteaApi, options: GiteaOptions): GiteaRepositories {
  const { now } = options.world;
  const allows = options.allows ?? (() => true);
  const named = new Map<string, { readonly repo: RepoRef; readonly until: Instant }>();
  let all: { readonly repos: readonly RepoRef[]; readonly until: Instant } | undefined;

  async function search(): Promise<readonly RepoRef[]> {
    const found = new Map<string, RepoRef>();
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const query = { page: `${page}`, limit: `${LIMIT}`, archived: "false" };
      const { data } = await api.read({ method: "GET", path: "/repos/search", query, shape: Search });
      const listed = data ?? [];
      for (const one of listed) {
        const ours = one.permissions?.admin === true && one.has_actions !== false && one.archived !== true;
        if (ours && allows(one.full_name)) found.set(`${one.id}`, repoRef(one));
      }
      if (listed.length < LIMIT) break;
    }
    return [...found.values()];
  }

  return {
    async byName(name) {
      const kept = named.get(name);
      if (kept && kept.until > now()) return kept.repo;
      const answer = await api.send({
        method: "GET",
        path: "/repos/{owner}/{repo}",
        params: repoParams(name),
        shape: GiteaRepository,
        tolerates: [403, 404],
      });
      if (answer.kind === "refused") return undefined;
      const repo = repoRef(answer.value);
      named.set(name, { repo, until: now() + KEPT_MS });
      return repo;
    },

    async administrated() {
      if (!all || all.until <= now()) all = { repos: await search(), until: now() + KEPT_MS };
      return all.repos;
    },
  };
}
