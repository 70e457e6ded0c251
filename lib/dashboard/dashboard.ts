import { Hono } from "hono";
import type { Deploy } from "../core/deploy/deploy.ts";
import type { Instant } from "../core/event.ts";
import type { Journal, RecordedDecision, Runs } from "../core/ports.ts";
import type { Run } from "../core/run/run.ts";
import { deployPage } from "./deploy-page.ts";
import { type Deployed, environmentsPage } from "./environments-page.ts";
import { isSameOrigin, knowsHost, securityHeaders } from "./guard.ts";
import { liveStreams } from "./live.ts";
import { notice, page, type View } from "./page.ts";
import { type DecidingLines, placeKey, pushesPage } from "./pushes-page.ts";
import { type LogPart, runPage } from "./run-page.ts";
import { runsPage } from "./runs-page.ts";

/** What the page reads, and the two things it can ask for. */
export interface DashboardWorld {
  readonly runs: Pick<Runs, "get" | "list">;
  readonly journal: Pick<Journal, "decisions">;
  /** Environments with their latest deploys. */
  readonly deployed: () => Promise<Deployed>;
  readonly deploy: (id: string) => Promise<Deploy | undefined>;
  readonly now: () => Instant;
  /** Whole lines of the log from that byte on, bounded; negative: of the last so many bytes. Undefined: there is none. */
  readonly log: (runKey: string, from: number) => Promise<LogPart | undefined>;
  /** The text of one line of a file at a commit, from 1. */
  readonly line: (decision: RecordedDecision, file: string, line: number) => Promise<string | undefined>;
  /** A sentence where it cannot be done, nothing where it is done. */
  readonly cancel: (run: Run) => Promise<string | undefined>;
  /** The key of the new run, or why there is none. */
  readonly retry: (run: Run) => Promise<{ readonly key: string } | { readonly refused: string }>;
  /** Files of lib/dashboard/assets by name. */
  readonly asset: (name: string) => Promise<string | undefined>;
  /** Host names, besides loopback, under which this page may be asked for. */
  readonly hosts: readonly string[];
}

const RUNS_SHOWN = 100;
const PUSHES_SHOWN = 30;
const LOG_SHOWN_BYTES = 256 * 1024;

const assetTypes: Readonly<Record<string, string>> = {
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "duration.js": "text/javascript; charset=utf-8",
  "log-line.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

/** The page: routes Request → Response. Nothing here changes state on GET. */
export function dashboard(world: DashboardWorld): Hono {
  const app = new Hono();
  const live = liveStreams();
  const runs = () => world.runs.list({ limit: RUNS_SHOWN });
  const decisions = () => world.journal.decisions(PUSHES_SHOWN);

  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
  });
  app.use((context, next) => {
    if (!knowsHost(context.req.raw, world.hosts)) {
      return Promise.resolve(context.text("This address is not one of mine: --host <name> makes it one.\n", 421));
    }
    if (context.req.method === "POST" && !isSameOrigin(context.req.raw)) {
      return Promise.resolve(
        context.text("Only this page's own buttons may do that; programs use the command line.\n", 403),
      );
    }
    return next().then(() => undefined);
  });

  const show = async (view: View | Promise<View>, status: 200 | 404 | 409 = 200): Promise<Response> => {
    const text = await page(await view, world.now());
    return new Response(text, { status, headers: { "content-type": "text/html; charset=utf-8" } });
  };
  const missing = () => show(notice("Nothing here", "There is no such page, or its run is forgotten by now."), 404);

  app.get("/", async () => show(runsPage(await runs(), world.now())));
  app.get("/events", (context) => live(context, { read: runs, view: (found) => runsPage(found, world.now()) }));
  app.get("/api/runs", async (context) => context.json({ runs: await runs() }));

  app.get("/pushes", async () => show(viewPushes(world, await decisions())));
  app.get("/pushes/events", (context) => live(context, { read: decisions, view: (found) => viewPushes(world, found) }));
  app.get("/api/pushes", async (context) => context.json({ pushes: await decisions() }));

  app.get("/environments", async () => show(environmentsPage(await world.deployed(), world.now())));
  app.get("/environments/events", (context) =>
    live(context, { read: world.deployed, view: (found) => environmentsPage(found, world.now()) }),
  );
  app.get("/deploys/:id", async (context) => {
    const deploy = await world.deploy(context.req.param("id"));
    return deploy ? show(deployPage(deploy, world.now())) : missing();
  });
  app.get("/deploys/:id/events", async (context) => {
    const id = context.req.param("id");
    const deploy = await world.deploy(id);
    if (!deploy) return missing();
    return live(context, {
      read: async () => (await world.deploy(id)) ?? deploy,
      view: (found) => deployPage(found, world.now()),
    });
  });

  app.get("/runs/:key", async (context) => {
    const run = await world.runs.get(context.req.param("key"));
    return run ? show(runPage(run, await world.log(run.key, -LOG_SHOWN_BYTES), world.now())) : missing();
  });
  app.get("/runs/:key/events", async (context) => {
    const key = context.req.param("key");
    const run = await world.runs.get(key);
    if (!run) return missing();
    const from = Number(context.req.header("last-event-id") ?? context.req.query("from") ?? 0) || 0;
    return live(context, {
      read: async () => (await world.runs.get(key)) ?? run,
      view: (found) => runPage(found, undefined, world.now()),
      log: { from, read: (at) => world.log(key, at) },
    });
  });
  app.get("/runs/:key/log", async (context) => {
    const run = await world.runs.get(context.req.param("key"));
    return run ? context.text(await wholeLog(world, run.key)) : missing();
  });
  app.get("/api/runs/:key", async (context) => {
    const run = await world.runs.get(context.req.param("key"));
    return run ? context.json({ run }) : context.json({ error: "no such run" }, 404);
  });

  app.post("/runs/:key/cancel", async (context) => {
    const run = await world.runs.get(context.req.param("key"));
    if (!run) return missing();
    const refused = await world.cancel(run);
    return refused ? show(notice("Not cancelled", refused), 409) : context.redirect(pathOf(run.key), 303);
  });
  app.post("/runs/:key/retry", async (context) => {
    const run = await world.runs.get(context.req.param("key"));
    if (!run) return missing();
    const again = await world.retry(run);
    return "refused" in again
      ? show(notice("Not run again", again.refused), 409)
      : context.redirect(pathOf(again.key), 303);
  });

  app.get("/assets/:name", async (context) => {
    const name = context.req.param("name");
    const type = Object.hasOwn(assetTypes, name) ? assetTypes[name] : undefined;
    const body = type && (await world.asset(name));
    return type && body !== undefined ? context.body(body, 200, { "content-type": type }) : missing();
  });
  app.notFound(missing);
  return app;
}

function pathOf(key: string): string {
  return `/runs/${encodeURIComponent(key)}`;
}

async function wholeLog(world: DashboardWorld, key: string): Promise<string> {
  const texts = [];
  let next = 0;
  for (let part = await world.log(key, next); part && part.next > next; part = await world.log(key, next)) {
    texts.push(part.text);
    next = part.next;
  }
  return texts.join("");
}

async function viewPushes(world: DashboardWorld, decisions: readonly RecordedDecision[]): Promise<View> {
  return pushesPage(decisions, await decidingLines(world, decisions), world.now());
}

async function decidingLines(world: DashboardWorld, decisions: readonly RecordedDecision[]): Promise<DecidingLines> {
  const lines = new Map<string, string>();
  for (const decision of decisions) {
    for (const { reason } of decision.decision.workflows) {
      if (reason.file === undefined || reason.line === undefined) continue;
      const text = await world.line(decision, reason.file, reason.line);
      if (text !== undefined) lines.set(placeKey(decision, reason.file, reason.line), text);
    }
  }
  return lines;
}
