import type { Instant } from "../core/event.ts";
import { type Live, liveStreams } from "./live.ts";
import { notice, page, type View } from "./page.ts";

/** The ways in which every route answers. */
export interface Answers {
  show(view: View | Promise<View>, status?: 200 | 404 | 409): Promise<Response>;
  missing(): Promise<Response>;
  readonly live: Live;
}

export function answers(now: () => Instant): Answers {
  async function show(view: View | Promise<View>, status: 200 | 404 | 409 = 200): Promise<Response> {
    const text = await page(await view, now());
    return new Response(text, { status, headers: { "content-type": "text/html; charset=utf-8" } });
  }
  const missing = () => show(notice("Nothing here", "There is no such page, or its run is forgotten by now."), 404);
  return { show, missing, live: liveStreams() };
}
