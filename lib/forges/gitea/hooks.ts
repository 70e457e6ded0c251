import * as z from "zod/mini";
import { type Dialect, giteaFrom } from "../../core/dialect.ts";
import type { Hooks } from "../../core/forge.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type GiteaApi, repoParams } from "./api.ts";

const Hook = z.object({
  id: Id,
  type: z.string(),
  active: z.boolean(),
  events: z.nullish(z.array(z.string())),
  branch_filter: z.nullish(z.string()),
  config: z.record(z.string(), z.string()),
});
type Hook = z.infer<typeof Hook>;

const LIMIT = 50;
const MAX_PAGES = 10;

/**
 * Our webhook on a repository: one, active, signed, with the events that we act upon.
 *
 * A hook's secret cannot be read back, so it is written again each time; `present` says that nothing else had to change.
 */
export function giteaHooks(api: GiteaApi): Hooks {
  return {
    async ensure(repo, { url, secret }) {
      const params = repoParams(repo);
      const events = wantedEvents(await api.dialect());
      const wanted = { active: true, events, branch_filter: "", config: { url, content_type: "json", secret } };
      const [ours, ...doubles] = (await listHooks(api, repo)).filter(({ config }) => config.url === url);
      if (!ours) {
        const body = { type: "gitea", ...wanted };
        await api.read({ method: "POST", path: "/repos/{owner}/{repo}/hooks", params, body, shape: z.unknown() });
        return "created";
      }
      const path = "/repos/{owner}/{repo}/hooks/{id}";
      for (const { id } of doubles) {
        await api.send({ method: "DELETE", path, params: { ...params, id }, shape: z.unknown(), tolerates: [404] });
      }
      await api.read({ method: "PATCH", path, params: { ...params, id: ours.id }, body: wanted, shape: z.unknown() });
      return doubles.length === 0 && isAsWanted(ours, events) ? "present" : "repaired";
    },
  };
}

function wantedEvents(dialect: Dialect): readonly string[] {
  return ["push", "pull_request", ...(giteaFrom(dialect, 1, 24) ? ["workflow_job"] : [])];
}

function isAsWanted(hook: Hook, events: readonly string[]): boolean {
  const unfiltered = !hook.branch_filter || hook.branch_filter === "*";
  const all = events.every((event) => hook.events?.includes(event));
  return hook.active && unfiltered && all && hook.config.content_type === "json";
}

async function listHooks(api: GiteaApi, repo: string): Promise<readonly Hook[]> {
  const found = new Map<string, Hook>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const hooks = await api.read({
      method: "GET",
      path: "/repos/{owner}/{repo}/hooks",
      params: repoParams(repo),
      query: { page: `${page}`, limit: `${LIMIT}` },
      shape: z.array(Hook),
    });
    for (const hook of hooks) found.set(hook.id, hook);
    if (hooks.length < LIMIT) break;
  }
  return [...found.values()];
}
