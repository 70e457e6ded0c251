import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { RecordedDecision } from "../../../lib/core/ports.ts";
import { openStore } from "../../../lib/local/store/store.ts";
import type { ScratchRepository } from "../../fakes/scratch-repository.ts";
import type { GiteaServer } from "../gitea-server.ts";
import type { Dayfly } from "./dayfly.ts";
import type { GiteaPage } from "./gitea-page.ts";

/** Where one story is played: a repository of its own on the server, and a folder of its own for Dayfly. */
export interface Stage {
  readonly server: GiteaServer;
  readonly repository: string;
  readonly scratch: ScratchRepository;
  readonly dayfly: Dayfly;
  /** Absent where nobody gave us the password: what Gitea offers on its page alone cannot be played. */
  readonly page?: GiteaPage;
  /** Absent where the server is somebody else's: it is not restarted. */
  readonly restart?: { stop(): Promise<void>; start(): Promise<void> };
}

/** A job as Gitea tells it. */
export interface GiteaJob {
  readonly id: number;
  readonly run_id: number;
  readonly run_attempt: number;
  readonly name: string;
  readonly labels: readonly string[] | null;
  readonly status: string;
  readonly conclusion?: string;
  readonly runner_name?: string;
}

/** A row as `dayfly runs --json` tells it. */
export interface Row {
  readonly key: string;
  readonly jobName: string;
  readonly workflow?: string;
  readonly ref: string;
  readonly status: string;
  readonly conclusion?: string;
  readonly attempt: number;
  readonly reason: { readonly code: string; readonly text: string };
  readonly runnerName?: string;
  readonly rerunOf?: string;
  readonly forgeJobId?: string;
  readonly forgeTry?: number;
  readonly pushId?: string;
}

const PATIENCE_MS = 240_000;

export function push({ server, scratch, repository }: Stage, commit: string, ...refs: readonly string[]): void {
  scratch.push(
    server.pushUrl(repository),
    refs.map((ref) => `${scratch.idOf(commit)}:${ref}`),
  );
}

export async function jobs({ server, repository }: Stage): Promise<readonly GiteaJob[]> {
  const path = `/repos/${server.login}/${repository}/actions/jobs?limit=50`;
  return (await server.call<{ jobs: GiteaJob[] | null }>("GET", path)).jobs ?? [];
}

export async function job(stage: Stage, name: string): Promise<GiteaJob> {
  const found = (await jobs(stage)).find((one) => one.name === name);
  if (!found) throw new Error(`Gitea has no job ${name}`);
  return found;
}

export async function runners({ server, repository }: Stage): Promise<readonly { readonly name: string }[]> {
  const path = `/repos/${server.login}/${repository}/actions/runners`;
  return (await server.call<{ runners: { name: string }[] | null }>("GET", path)).runners ?? [];
}

export async function rows({ dayfly }: Stage): Promise<readonly Row[]> {
  const { out } = dayfly.run("runs", "--json");
  return out === "" ? [] : (JSON.parse(out) as { runs: readonly Row[] }).runs;
}

export async function row(stage: Stage, name: string): Promise<Row> {
  const found = (await rows(stage)).find(({ jobName }) => jobName === name);
  if (!found) throw new Error(`we have no row of ${name}`);
  return found;
}

/** What was decided on pushes and pull requests, newest first. */
export async function decisions({ dayfly }: Stage): Promise<readonly RecordedDecision[]> {
  const log = { info() {}, warn() {}, error() {} };
  const store = openStore({ path: join(dayfly.folder, "store.db"), mode: "read", clock: { now: Date.now }, log });
  try {
    return await store.journal.decisions(50);
  } finally {
    store.close();
  }
}

/** Waits until Gitea's jobs are these, as `name conclusion` or `name status`, in any order. */
export async function concluded(stage: Stage, wanted: readonly string[]): Promise<void> {
  await until("Gitea's jobs", wanted, async () =>
    (await jobs(stage)).map(
      ({ name, status, conclusion }) => `${name} ${status === "completed" ? conclusion : status}`,
    ),
  );
}

/** Waits until our rows are these, as `name status` or `name status conclusion`, in any order. */
export async function told(stage: Stage, wanted: readonly string[]): Promise<void> {
  await until("our rows", wanted, async () =>
    (await rows(stage)).map(({ jobName, status, conclusion }) =>
      [jobName, status, conclusion].filter(Boolean).join(" "),
    ),
  );
}

async function until(what: string, wanted: readonly string[], look: () => Promise<readonly string[]>): Promise<void> {
  const sorted = (list: readonly string[]): string => [...list].sort().join(", ");
  let seen = "";
  await eventually(`${what}: ${sorted(wanted)}`, async () => {
    seen = sorted(await look());
    return seen === sorted(wanted);
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n  but: ${seen}`);
  });
}

export async function eventually(what: string, holds: () => Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs / 1000} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export function check(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`it is not so that ${sentence}`);
}

/** Processes whose command line begins so and holds that. */
export function processes(start: string, holds: string): readonly number[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, args = ""] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return pid && args.startsWith(start) && args.includes(holds) ? [Number(pid)] : [];
  });
}
