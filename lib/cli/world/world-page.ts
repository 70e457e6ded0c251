import { Hono } from "hono";
import { environmentView } from "../../core/deploy/environment-view.ts";
import { dashboard } from "../../dashboard/dashboard.ts";
import type { Deployed } from "../../dashboard/environments-page.ts";
import { type LocalServer, startServer } from "../../local/server.ts";
import { assetsIn } from "../page.ts";
import type { ReadWorld } from "../read-world.ts";

/** Each read of the table costs: pages that look twice a second share one that is so old at most. */
const FRESH_MS = 2_000;

/** Serves the page over a world that is only read, on loopback. */
export async function servePage(
  { world, deployed: theirs, log }: ReadWorld,
  checkout: string,
  port: number,
): Promise<LocalServer> {
  const { runs, journal, clock } = world;
  const onlyLooks = "This page only looks at the table: do it at the job's forge.";
  const deployed = shared(clock.now, deployedIn);
  const list = shared(clock.now, (limit: number) => runs.list({ limit }));
  const page = dashboard({
    runs: { get: shared(clock.now, runs.get), list: ({ limit }) => list(limit) },
    journal: { decisions: shared(clock.now, journal.decisions) },
    deployed: () => deployed(theirs),
    deploy: async (id) => theirs?.deploys.get(id),
    now: clock.now,
    log,
    line: async () => undefined,
    cancel: async () => onlyLooks,
    retry: async () => ({ refused: onlyLooks }),
    asset: assetsIn(checkout),
    hosts: [],
  });
  const routes = new Hono().all("*", (context) => page.fetch(context.req.raw));
  return startServer(routes, { host: "127.0.0.1", port });
}

/** The table knows no dayfly.yaml: what it was seen on are an environment's targets. */
async function deployedIn(store: ReadWorld["deployed"]): Promise<Deployed> {
  if (!store) return { environments: [], deploys: [] };
  const { environments, deploys } = store;
  const latest = await deploys.list({ limit: 50 });
  const views = (await environments.list()).map(async (stored) => {
    const operation = stored.operation === undefined ? undefined : await deploys.get(stored.operation);
    const recent = latest.filter(({ app, env }) => app === stored.app && env === stored.env);
    return environmentView(stored, Object.keys(stored.observed), operation, recent);
  });
  return { environments: await Promise.all(views), deploys: latest };
}

/** Answers of the last moments are given again, also while they are on their way. */
function shared<Key, Value>(now: () => number, read: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const answers = new Map<Key, { readonly until: number; readonly answer: Promise<Value> }>();
  return (key) => {
    const at = now();
    for (const [old, { until }] of answers) if (until <= at) answers.delete(old);
    const kept = answers.get(key);
    if (kept) return kept.answer;
    const answer = read(key);
    answers.set(key, { until: at + FRESH_MS, answer });
    return answer;
  };
}
