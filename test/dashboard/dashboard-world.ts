import { readFile } from "node:fs/promises";
import type { RecordedDecision } from "../../lib/core/ports.ts";
import type { Run } from "../../lib/core/run/run.ts";
import { type DashboardWorld, dashboard } from "../../lib/dashboard/dashboard.ts";
import type { Deployed } from "../../lib/dashboard/environments-page.ts";
import { noon } from "./samples.ts";

/** What the page of one test shows; tests change it while a stream is open. */
export interface Shown {
  runs: Run[];
  decisions: RecordedDecision[];
  deployed: Deployed;
  log: string;
  cancelled: string[];
}

/** The page over plain values, and a way to ask it as a browser on this computer would. */
export function pageOver(over: Partial<Shown> = {}, hosts: readonly string[] = []) {
  const shown: Shown = {
    runs: [],
    decisions: [],
    deployed: { environments: [], deploys: [] },
    log: "",
    cancelled: [],
    ...over,
  };
  const app = dashboard(worldOf(shown, hosts));
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("host")) headers.set("host", "127.0.0.1:4321");
    return app.request(path, { ...init, headers });
  };
  return { shown, ask, fetch: app.fetch };
}

function worldOf(shown: Shown, hosts: readonly string[]): DashboardWorld {
  return {
    runs: { get: async (key) => shown.runs.find((run) => run.key === key), list: async () => shown.runs },
    journal: { decisions: async () => shown.decisions },
    deployed: async () => shown.deployed,
    deploy: async (id) => shown.deployed.deploys.find((deploy) => deploy.id === id),
    now: () => noon + 60_000,
    log: async (_key, from) => {
      const bytes = Buffer.from(shown.log);
      const start = from < 0 ? Math.max(0, bytes.length + from) : from;
      return { text: bytes.subarray(start).toString(), from: start, next: bytes.length };
    },
    line: async (_decision, file, line) => `line ${line} of ${file}`,
    cancel: async (run) => {
      shown.cancelled.push(run.key);
      return undefined;
    },
    retry: async () => ({ refused: "Its commit is gone." }),
    asset: (name) => readFile(new URL(`../../lib/dashboard/assets/${name}`, import.meta.url), "utf8"),
    hosts,
  };
}
