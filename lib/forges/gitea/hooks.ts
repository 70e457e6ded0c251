import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { type Dialect, giteaFrom } from "../../core/dialect.ts";
import type { EnsuredHook, HookPlace, Hooks, HookTest, WantedHook } from "../../core/forge.ts";
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
 * Our webhook on a repository, on an organisation or on the whole server.
 *
 * Gitea neither shows a hook's secret nor changes it afterwards (seen on 1.25.4 and 1.26.3), so the hook's address carries a mark of
 * the secret as its fragment, which no request takes along: a hook with another mark is made anew before the old one goes.
 */
export function giteaHooks(api: GiteaApi): Hooks {
  return {
    async ensure(place, wanted) {
      const list = await listOf(api, place);
      const events = wantedEvents(await api.dialect());
      const ours = (await listHooks(api, list)).filter(({ config }) => leadsTo(config.url, wanted.url));
      const signed = ours.find(({ config }) => config.url === markedUrl(wanted));
      const kept = signed ? await repair(api, list, signed, events) : await create(api, list, wanted, events);
      const others = ours.filter(({ id }) => id !== kept.id);
      for (const { id } of others) await remove(api, list, id);
      const outcome = ours.length === 0 ? "created" : others.length > 0 ? "repaired" : kept.outcome;
      return { ...kept, outcome };
    },
    test: (place, id) => test(api, place, id),
    async look(place, url) {
      const events = wantedEvents(await api.dialect());
      const ours = (await listHooks(api, await listOf(api, place))).filter(({ config }) => leadsTo(config.url, url));
      const hook = ours.find(({ active }) => active) ?? ours[0];
      if (!hook) return { kind: "absent" };
      const missing = events.filter((event) => !hook.events?.includes(event));
      return { kind: "present", active: hook.active, missing };
    },
  };
}

/** 32 bits tell two secrets apart and give none away. */
function markedUrl({ url, secret }: WantedHook): string {
  const mark = createHash("sha256").update(`dayfly webhook secret\n${secret}`).digest("hex").slice(0, 8);
  return `${url}#${mark}`;
}

function leadsTo(address: string | undefined, url: string): boolean {
  return address?.split("#")[0] === url;
}

function wantedEvents(dialect: Dialect): readonly string[] {
  return ["push", "pull_request", ...(giteaFrom(dialect, 1, 24) ? ["workflow_job"] : [])];
}

async function create(
  api: GiteaApi,
  { path, params }: HookList,
  wanted: WantedHook,
  events: readonly string[],
): Promise<EnsuredHook> {
  const config = {
    url: markedUrl(wanted),
    content_type: "json",
    secret: wanted.secret,
    // Without it Gitea makes a template that new repositories copy.
    ...(path.startsWith("/admin/") ? { is_system_webhook: "true" } : {}),
  };
  const body = { type: "gitea", active: true, events, branch_filter: "", config };
  const { id } = await api.read({ method: "POST", path, params, body, shape: z.object({ id: Id }) });
  return { id, outcome: "created", events };
}

async function repair(api: GiteaApi, list: HookList, hook: Hook, events: readonly string[]): Promise<EnsuredHook> {
  const { id } = hook;
  if (isAsWanted(hook, events)) return { id, outcome: "present", events };
  const { path, params } = oneOf(list, id);
  const body = { active: true, events, branch_filter: "", config: { content_type: "json" } };
  await api.read({ method: "PATCH", path, params, body, shape: z.unknown() });
  return { id, outcome: "repaired", events };
}

async function remove(api: GiteaApi, list: HookList, id: string): Promise<void> {
  const { path, params } = oneOf(list, id);
  await api.send({ method: "DELETE", path, params, shape: z.unknown(), tolerates: [404] });
}

function isAsWanted(hook: Hook, events: readonly string[]): boolean {
  const unfiltered = !hook.branch_filter || hook.branch_filter === "*";
  const all = events.every((event) => hook.events?.includes(event));
  return hook.active && unfiltered && all && hook.config.content_type === "json";
}

async function listHooks(api: GiteaApi, { path, params }: HookList): Promise<readonly Hook[]> {
  const found = new Map<string, Hook>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { page: `${page}`, limit: `${LIMIT}` };
    const hooks = await api.read({ method: "GET", path, params, query, shape: z.array(Hook) });
    for (const hook of hooks) found.set(hook.id, hook);
    if (hooks.length < LIMIT) break;
  }
  return [...found.values()];
}

/** Gitea tests hooks of repositories alone: by a push of the default branch in which nothing changes. */
async function test(api: GiteaApi, place: HookPlace, id: string): Promise<HookTest> {
  if (place.kind !== "repository") {
    return { kind: "untested", why: "Gitea sends test deliveries to hooks of single repositories only" };
  }
  const params = repoParams(place.name);
  const shape = z.object({ empty: z.optional(z.boolean()) });
  const { empty } = await api.read({ method: "GET", path: "/repos/{owner}/{repo}", params, shape });
  if (empty) return { kind: "untested", why: "Gitea sends no test delivery while a repository has no commit" };
  const path = "/repos/{owner}/{repo}/hooks/{id}/tests";
  await api.read({ method: "POST", path, params: { ...params, id }, repeatable: true, shape: z.unknown() });
  return { kind: "sent" };
}

/** Where the API keeps the hooks of one place. */
interface HookList {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

async function listOf(api: GiteaApi, place: HookPlace): Promise<HookList> {
  switch (place.kind) {
    case "repository":
      return { path: "/repos/{owner}/{repo}/hooks", params: repoParams(place.name) };
    case "owner":
      return (await isTokensOwner(api, place.name))
        ? { path: "/user/hooks", params: {} }
        : { path: "/orgs/{org}/hooks", params: { org: place.name } };
    case "everything":
      return { path: "/admin/hooks", params: {} };
  }
}

/** Hooks of a user are in reach of that user alone. */
async function isTokensOwner(api: GiteaApi, name: string): Promise<boolean> {
  const shape = z.object({ login: z.string() });
  const answer = await api.send({ method: "GET", path: "/user", shape, tolerates: [403] });
  return answer.kind === "ok" && answer.value.login.toLowerCase() === name.toLowerCase();
}

function oneOf({ path, params }: HookList, id: string): HookList {
  return { path: `${path}/{id}`, params: { ...params, id } };
}
