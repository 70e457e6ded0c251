import type { Hono } from "hono";
import type { Instant } from "../core/event.ts";
import type { Journal, RecordedDecision } from "../core/ports.ts";
import type { Answers } from "./answers.ts";
import type { View } from "./page.ts";
import { type DecidingLines, placeKey, pushesPage } from "./pushes-page.ts";

/** What the page of pushes reads. */
export interface PushPagesWorld {
  readonly journal: Pick<Journal, "decisions">;
  /** The text of one line of a file at a commit, from 1. */
  readonly line: (decision: RecordedDecision, file: string, line: number) => Promise<string | undefined>;
  readonly now: () => Instant;
}

const PUSHES_SHOWN = 30;

export function addPushRoutes(app: Hono, world: PushPagesWorld, { show, live }: Answers): void {
  const decisions = () => world.journal.decisions(PUSHES_SHOWN);

  app.get("/pushes", async () => show(viewPushes(world, await decisions())));
  app.get("/pushes/events", (context) => live(context, { read: decisions, view: (found) => viewPushes(world, found) }));
  app.get("/api/pushes", async (context) => context.json({ pushes: await decisions() }));
}

async function viewPushes(world: PushPagesWorld, decisions: readonly RecordedDecision[]): Promise<View> {
  return pushesPage(decisions, await decidingLines(world, decisions), world.now());
}

async function decidingLines(world: PushPagesWorld, decisions: readonly RecordedDecision[]): Promise<DecidingLines> {
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
