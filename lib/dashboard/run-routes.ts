import type { Hono } from "hono";
import type { Instant } from "../core/event.ts";
import type { Runs } from "../core/ports.ts";
import type { Run } from "../core/run/run.ts";
import type { Answers } from "./answers.ts";
import { notice } from "./page.ts";
import { type LogPart, runPage } from "./run-page.ts";
import { runsPage } from "./runs-page.ts";

/** What the pages of runs read, and the two things they can ask for. */
export interface RunPagesWorld {
  readonly runs: Pick<Runs, "get" | "list">;
  /** Whole lines of the log from that byte on, bounded; negative: of the last so many bytes. Undefined: there is none. */
  readonly log: (runKey: string, from: number) => Promise<LogPart | undefined>;
  /** A sentence where it cannot be done, nothing where it is done. */
  readonly cancel: (run: Run) => Promise<string | undefined>;
  /** The key of the new run, or why there is none. */
  readonly retry: (run: Run) => Promise<{ readonly key: string } | { readonly refused: string }>;
  readonly now: () => Instant;
}

const RUNS_SHOWN = 100;
const LOG_SHOWN_BYTES = 256 * 1024;

export function addRunRoutes(app: Hono, world: RunPagesWorld, answers: Answers): void {
  const { show, missing, live } = answers;
  const runs = () => world.runs.list({ limit: RUNS_SHOWN });

  app.get("/", async () => show(runsPage(await runs(), world.now())));
  app.get("/events", (context) => live(context, { read: runs, view: (found) => runsPage(found, world.now()) }));
  app.get("/api/runs", async (context) => context.json({ runs: await runs() }));

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
  addButtons(app, world, answers);
}

function addButtons(app: Hono, world: RunPagesWorld, { show, missing }: Answers): void {
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
}

function pathOf(key: string): string {
  return `/runs/${encodeURIComponent(key)}`;
}

async function wholeLog(world: RunPagesWorld, key: string): Promise<string> {
  const texts = [];
  let next = 0;
  for (let part = await world.log(key, next); part && part.next > next; part = await world.log(key, next)) {
    texts.push(part.text);
    next = part.next;
  }
  return texts.join("");
}
