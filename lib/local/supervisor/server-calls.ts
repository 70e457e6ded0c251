import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod/mini";
import type { ExitReport } from "../../core/ports.ts";
import { BuiltinRegistration } from "../machine/registration.ts";

/** What a won claim answers; the machine token is a secret and goes to the job's runner only. */
export const Claimed = z.object({
  runKey: z.string(),
  runner: z.string(),
  registration: z.discriminatedUnion("kind", [
    BuiltinRegistration,
    z.object({ kind: z.literal("gitea"), runnerFile: z.string() }),
    z.object({ kind: z.literal("github") }),
  ]),
  idleSeconds: z.number(),
  machineToken: z.string(),
});
export type Claimed = z.infer<typeof Claimed>;

export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly claimed: Claimed }
  /** There is nothing to do for this machine; asking again is useless. */
  | { readonly kind: "refused"; readonly text: string }
  /** No answer until the end of our patience. */
  | { readonly kind: "gave-up"; readonly text: string };

/** How the server is called from a machine. */
export interface ServerCalls {
  /** Asks until there is an answer, `signal` fires or `until` (milliseconds since 1970) has passed. */
  claim(bootId: string, until: number, signal: AbortSignal): Promise<ClaimOutcome>;
  /** Tells how it ended, until the server has heard it. */
  exit(report: ExitReport, until: number, signal: AbortSignal): Promise<void>;
}

const callMilliseconds = 15_000;
const shortestPause = 200;
const longestPause = 5_000;

/** @param url where the server is now; undefined while nobody knows */
export function serverCalls(url: () => string | undefined, key: string): ServerCalls {
  async function post(path: string, body: unknown, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const origin = url();
    if (origin === undefined) return { status: 0, text: "nobody has said where the server is" };
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(callMilliseconds)]);
      const init = { method: "POST", headers, body: JSON.stringify(body), signal: limit, redirect: "error" as const };
      const response = await fetch(new URL(path, origin), init);
      return { status: response.status, text: (await response.text()).slice(0, 1 << 20) };
    } catch (error) {
      return { status: 0, text: error instanceof Error ? error.message : "no answer" };
    }
  }

  /** Repeats a call until it has an answer that is one: not "come again", and not silence. */
  async function ask(path: string, body: unknown, until: number, signal: AbortSignal) {
    for (let pause = shortestPause; ; pause = Math.min(pause * 2, longestPause)) {
      const answer = await post(path, body, signal);
      const isAnswer = answer.status > 0 && answer.status < 500 && answer.status !== 429;
      if (isAnswer || signal.aborted || Date.now() + pause > until) return answer;
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    async claim(bootId, until, signal) {
      const { status, text } = await ask("/runner/claim", { bootId }, until, signal);
      if (status === 200) return { kind: "claimed", claimed: Claimed.parse(JSON.parse(text)) };
      const isRefusal = status >= 400 && status < 500 && status !== 429;
      return {
        kind: isRefusal ? "refused" : "gave-up",
        text: `${status === 0 ? "" : `${status} `}${text.slice(0, 300)}`,
      };
    },
    async exit(report, until, signal) {
      await ask("/runner/exit", report, until, signal);
    },
  };
}
