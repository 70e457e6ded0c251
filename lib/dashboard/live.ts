import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { View } from "./page.ts";
import type { LogPart } from "./run-page.ts";

/** What a stream watches: it is read twice a second, and sent when it differs from what was sent before. */
interface Watched<T> {
  readonly read: () => Promise<T>;
  readonly view: (found: T) => View | Promise<View>;
  readonly log?: { readonly from: number; readonly read: (from: number) => Promise<LogPart | undefined> };
}

const LOOK_EVERY_MS = 500;
/** A proxy or a sleeping phone closes silent connections: say something now and then. */
const SAY_SOMETHING_AFTER = 30;
const MAX_STREAMS = 64;

export type Live = <T>(context: Context, watched: Watched<T>) => Response;

/**
 * Server-sent events: `view` is what the page shows now, `log` is what its log has gained, its id the place after that.
 * One server has room for so many open pages, for each of them reads the store.
 */
export function liveStreams(): Live {
  const open = new Set<SSEStreamingApi>();
  return (context, watched) => {
    if (open.size >= MAX_STREAMS) return context.text("Too many pages are open: close one and reload.\n", 503);
    return streamSSE(context, async (stream) => {
      open.add(stream);
      stream.onAbort(() => void open.delete(stream));
      try {
        await follow(stream, watched);
      } finally {
        open.delete(stream);
      }
    });
  };
}

async function follow<T>(stream: SSEStreamingApi, { read, view, log }: Watched<T>): Promise<void> {
  let sent = "";
  let logged = log?.from ?? 0;
  for (let silent = 0; !stream.aborted && !stream.closed; silent++) {
    const found = await read();
    const state = JSON.stringify(found);
    if (state !== sent) {
      const { title, status, body } = await view(found);
      await stream.writeSSE({ event: "view", data: JSON.stringify({ title, status, body: String(await body) }) });
      sent = state;
      silent = 0;
    }
    const part = await log?.read(logged);
    if (part && part.next > logged) {
      await stream.writeSSE({ event: "log", data: JSON.stringify(part.text), id: String(part.next) });
      logged = part.next;
      silent = 0;
      continue;
    }
    if (silent >= SAY_SOMETHING_AFTER) {
      await stream.writeSSE({ event: "alive", data: "" });
      silent = 0;
    }
    await stream.sleep(LOOK_EVERY_MS);
  }
}
