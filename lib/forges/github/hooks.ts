import * as z from "zod/mini";
import { UserError } from "../../core/errors.ts";
import type { EnsuredHook, HookPlace, HookState, Hooks, HookTest, WantedHook } from "../../core/forge.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type GithubApi, type GithubClient, repoParams } from "./api.ts";
import type { GithubOptions } from "./options.ts";
import { events } from "./permissions.ts";

const Config = z.object({ url: z.optional(z.string()), content_type: z.optional(z.string()) });
const Hook = z.object({
  id: Id,
  active: z.boolean(),
  events: z.array(z.string()),
  config: Config,
  last_response: z.nullish(z.object({ code: z.nullish(z.int()) })),
});
type Hook = z.infer<typeof Hook>;

const PAGE = 100;
const MAX_PAGES = 3;
/** GitHub gives our address ten seconds, and notes the delivery a little later. */
const TEST_LOOKS = 12;
const TEST_PAUSE_MS = 1_000;

/**
 * Our webhook: the App's own one, which serves every repository where the App is installed, or one on a repository or an organisation.
 *
 * A secret cannot be read back, so it is written again each time; `present` says that nothing else had to change.
 */
export function githubHooks(api: GithubApi, { world }: GithubOptions): Hooks {
  return {
    ensure: (place, hook) => (api.app ? ensureAppHook(api.app, hook) : ensureHook(clientOf(api, place), place, hook)),
    async test(place, id) {
      if (api.app) return { kind: "untested", why: "GitHub pings the hook of an App only when its page is saved" };
      return ping(clientOf(api, place), place, id, () => world.sleep(TEST_PAUSE_MS));
    },
    look: (place, url) => (api.app ? lookAtAppHook(api.app, url) : lookAtHook(clientOf(api, place), place, url)),
  };
}

async function lookAtAppHook(app: GithubClient, url: string): Promise<HookState> {
  const config = await app.read({ method: "GET", path: "/app/hook/config", shape: Config });
  if (config.url !== url) return { kind: "absent" };
  const query = { per_page: "1" };
  const [last] = await app.read({ method: "GET", path: "/app/hook/deliveries", query, shape: Deliveries });
  return { kind: "present", active: true, missing: [], ...(last && { lastStatus: last.status_code }) };
}

async function lookAtHook(client: GithubClient, place: HookPlace, url: string): Promise<HookState> {
  const hook = (await listHooks(client, place)).find(({ config }) => config.url === url);
  if (!hook) return { kind: "absent" };
  const missing = events.filter((event) => !hook.events.includes(event) && !hook.events.includes("*"));
  const lastStatus = hook.last_response?.code;
  return { kind: "present", active: hook.active, missing, ...(lastStatus && { lastStatus }) };
}

/** A token is one user's, wherever the hook hangs. */
function clientOf(api: GithubApi, place: HookPlace): GithubClient {
  return api.user ?? api.of(place.kind === "repository" ? place.name : "");
}

async function ensureAppHook(app: GithubClient, { url, secret }: WantedHook): Promise<EnsuredHook> {
  const path = "/app/hook/config";
  const before = await app.read({ method: "GET", path, shape: Config });
  const body = { url, secret, content_type: "json", insecure_ssl: "0" };
  await app.read({ method: "PATCH", path, body, shape: z.unknown() });
  const outcome = before.url === url && before.content_type === "json" ? "present" : "repaired";
  return { id: "app", outcome, events };
}

async function ensureHook(client: GithubClient, place: HookPlace, { url, secret }: WantedHook): Promise<EnsuredHook> {
  const { path, params } = listOf(place);
  const config = { url, secret, content_type: "json", insecure_ssl: "0" };
  const ours = (await listHooks(client, place)).find((hook) => hook.config.url === url);
  if (!ours) {
    const body = { name: "web", active: true, events, config };
    const { id } = await client.read({ method: "POST", path, params, body, shape: z.object({ id: Id }) });
    return { id, outcome: "created", events };
  }
  await client.read({
    method: "PATCH",
    path: `${path}/{hook_id}`,
    params: { ...params, hook_id: ours.id },
    body: { active: true, events, config },
    shape: z.unknown(),
  });
  return { id: ours.id, outcome: isAsWanted(ours) ? "present" : "repaired", events };
}

function isAsWanted(hook: Hook): boolean {
  const all = events.every((event) => hook.events.includes(event) || hook.events.includes("*"));
  return hook.active && all && hook.config.content_type === "json";
}

async function listHooks(client: GithubClient, place: HookPlace): Promise<readonly Hook[]> {
  const { path, params } = listOf(place);
  const found: Hook[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { per_page: `${PAGE}`, page: `${page}` };
    const hooks = await client.read({ method: "GET", path, params, query, shape: z.array(Hook) });
    found.push(...hooks);
    if (hooks.length < PAGE) break;
  }
  return found;
}

const Deliveries = z.array(z.object({ id: Id, event: z.string(), status_code: z.int() }));

/** Sends a ping, then looks for its answer among the hook's deliveries. */
async function ping(client: GithubClient, place: HookPlace, id: string, pause: () => Promise<void>): Promise<HookTest> {
  const { path, params } = listOf(place);
  const call = { params: { ...params, hook_id: id } };
  const pings = async () => {
    const deliveries = { ...call, method: "GET", path: `${path}/{hook_id}/deliveries`, shape: Deliveries } as const;
    return (await client.read(deliveries)).filter(({ event }) => event === "ping");
  };
  const before = new Set((await pings()).map((delivery) => delivery.id));
  await client.read({ ...call, method: "POST", path: `${path}/{hook_id}/pings`, repeatable: true, shape: z.unknown() });
  for (let look = 0; look < TEST_LOOKS; look += 1) {
    const fresh = (await pings()).find((delivery) => !before.has(delivery.id));
    if (fresh) return { kind: "answered", status: fresh.status_code };
    await pause();
  }
  return { kind: "sent" };
}

function listOf(place: HookPlace): { readonly path: string; readonly params: Readonly<Record<string, string>> } {
  switch (place.kind) {
    case "repository":
      return { path: "/repos/{owner}/{repo}/hooks", params: repoParams(place.name) };
    case "owner":
      return { path: "/orgs/{org}/hooks", params: { org: place.name } };
    case "everything":
      throw new UserError("GitHub has one hook for everything only as a GitHub App");
  }
}
