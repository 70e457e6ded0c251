import * as z from "zod/mini";
import type { Hooks } from "../../core/forge.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type GithubApi, type GithubClient, repoParams } from "./api.ts";

const Config = z.object({ url: z.optional(z.string()), content_type: z.optional(z.string()) });
const Hook = z.object({ id: Id, active: z.boolean(), events: z.array(z.string()), config: Config });
type Hook = z.infer<typeof Hook>;

const EVENTS = ["push", "pull_request", "workflow_job"];
const PAGE = 100;
const MAX_PAGES = 3;

/**
 * Our webhook: the App's own one, which serves every repository where the App is installed, or one on the repository.
 *
 * A secret cannot be read back, so it is written again each time; `present` says that nothing else had to change.
 */
export function githubHooks(api: GithubApi): Hooks {
  return {
    ensure: (repo, hook) => (api.app ? ensureAppHook(api.app, hook) : ensureRepositoryHook(api.of(repo), repo, hook)),
  };
}

type Ensured = Awaited<ReturnType<Hooks["ensure"]>>;

async function ensureAppHook(app: GithubClient, { url, secret }: { url: string; secret: string }): Promise<Ensured> {
  const path = "/app/hook/config";
  const before = await app.read({ method: "GET", path, shape: Config });
  const body = { url, secret, content_type: "json", insecure_ssl: "0" };
  await app.read({ method: "PATCH", path, body, shape: z.unknown() });
  return before.url === url && before.content_type === "json" ? "present" : "repaired";
}

async function ensureRepositoryHook(
  client: GithubClient,
  repo: string,
  { url, secret }: { url: string; secret: string },
): Promise<Ensured> {
  const params = repoParams(repo);
  const config = { url, secret, content_type: "json", insecure_ssl: "0" };
  const ours = (await listHooks(client, repo)).find((hook) => hook.config.url === url);
  if (!ours) {
    const body = { name: "web", active: true, events: EVENTS, config };
    await client.read({ method: "POST", path: "/repos/{owner}/{repo}/hooks", params, body, shape: z.unknown() });
    return "created";
  }
  await client.read({
    method: "PATCH",
    path: "/repos/{owner}/{repo}/hooks/{hook_id}",
    params: { ...params, hook_id: ours.id },
    body: { active: true, events: EVENTS, config },
    shape: z.unknown(),
  });
  return isAsWanted(ours) ? "present" : "repaired";
}

function isAsWanted({ active, events, config }: Hook): boolean {
  return (
    active && config.content_type === "json" && EVENTS.every((event) => events.includes(event) || events.includes("*"))
  );
}

async function listHooks(client: GithubClient, repo: string): Promise<readonly Hook[]> {
  const found: Hook[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const hooks = await client.read({
      method: "GET",
      path: "/repos/{owner}/{repo}/hooks",
      params: repoParams(repo),
      query: { per_page: `${PAGE}`, page: `${page}` },
      shape: z.array(Hook),
    });
    found.push(...hooks);
    if (hooks.length < PAGE) break;
  }
  return found;
}
