import { createHmac } from "node:crypto";
import { request } from "node:http";
import type { HookSettings } from "./hook-settings.ts";
import type { NotedPush } from "./spool.ts";

/** Whoever pushes waits for this: what is not told in time is read from the notes. */
const totalMilliseconds = 5_000;

/** Tells the server of each push, signed, in order; hands back what went wrong first, in words. */
export async function sendPushes(settings: HookSettings, pushes: readonly NotedPush[]): Promise<string | undefined> {
  const signal = AbortSignal.timeout(totalMilliseconds);
  for (const push of pushes) {
    const status = await post(settings, JSON.stringify(push), signal).catch((error: NodeJS.ErrnoException) => error);
    if (typeof status !== "number") {
      return status.code === "ECONNREFUSED"
        ? "dayfly is not running"
        : `dayfly did not answer (${status.code ?? status.name})`;
    }
    if (status >= 300) return `dayfly answered ${status}`;
  }
  return undefined;
}

function post({ url, secret }: HookSettings, body: string, signal: AbortSignal): Promise<number> {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, signal }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.once("error", reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
