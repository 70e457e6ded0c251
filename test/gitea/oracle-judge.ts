import type { Envelope, RepoRef } from "../../lib/core/event.ts";
import type { Forge } from "../../lib/core/forge.ts";
import type { ScratchRepository } from "../fakes/scratch-repository.ts";
import { scratchRepository } from "../fakes/scratch-repository.ts";
import type { GiteaRun, GiteaServer } from "./gitea-server.ts";
import { CANARY, canary, type OracleCase } from "./oracle-case.ts";
import type { Given, MadeRun } from "./oracle-record.ts";
import { actPull, type PulledRef } from "./pull-steps.ts";

const REPOSITORY = "dayfly-oracle";
const PATIENCE_MS = 90_000;
const ZERO = "0".repeat(40);

/** Where one case is played. */
export interface Stage {
  readonly server: GiteaServer;
  readonly scratch: ScratchRepository;
  readonly repo: RepoRef;
  readonly one: OracleCase;
  push(...refspecs: readonly string[]): void;
  lastRun(): Promise<number>;
  /** Waits until the server has made everything of what was done after that run. */
  settle(after: number, event: string): Promise<readonly GiteaRun[]>;
}

/** Plays one case on a real server: what it was about, and the runs that the server made of it. */
export async function judge(
  server: GiteaServer,
  forge: Forge,
  one: OracleCase,
): Promise<{ given: Given; made: readonly MadeRun[] }> {
  await server.deleteRepository(REPOSITORY).catch(() => undefined);
  const { id, full_name } = await server.createRepository(REPOSITORY);
  const scratch = scratchRepository(one.commits);
  const stage = newStage(server, scratch, { id: `${id}`, name: full_name }, one);
  try {
    await prepare(stage);
    const { runs, envelope } = one.act.kind === "pull" ? await pulled(stage) : await pushed(stage);
    const made: MadeRun[] = [];
    for (const run of runs) made.push({ workflow: workflowOf(run), jobs: await jobsOf(stage, run.id) });
    return { given: await givenTo(forge, stage, envelope), made };
  } finally {
    scratch.dispose();
    await server.deleteRepository(REPOSITORY);
  }
}

function newStage(server: GiteaServer, scratch: ScratchRepository, repo: RepoRef, one: OracleCase): Stage {
  const url = server.pushUrl(REPOSITORY);
  const push = (...refspecs: readonly string[]): void => scratch.push(url, refspecs);
  const runsAfter = async (after: number): Promise<readonly GiteaRun[]> =>
    (await server.runs(REPOSITORY)).filter(({ id, head_branch }) => id > after && !isSentinel(head_branch));
  let sentinels = 0;

  return {
    server,
    scratch,
    repo,
    one,
    push,
    lastRun: async () => Math.max(0, ...(await server.runs(REPOSITORY)).map(({ id }) => id)),
    async settle(after, event) {
      if (one.silent) {
        const branch = `sentinel-${++sentinels}`;
        push(`${sentinelCommit(scratch)}:refs/heads/${branch}`);
        await until(async () => (await server.runs(REPOSITORY)).some(({ head_branch }) => head_branch === branch));
        await pause(1_500);
      } else {
        await until(async () => (await runsAfter(after)).some((run) => isOf(run, event) && isCanary(run)));
      }
      return (await runsAfter(after)).filter((run) => isOf(run, event));
    },
  };
}

async function prepare(stage: Stage): Promise<void> {
  const { one, scratch, push, server, repo } = stage;
  for (const [ref, commit] of Object.entries(one.before ?? {})) {
    const after = await stage.lastRun();
    push(`${scratch.idOf(commit)}:${ref}`);
    const carriesCanary = scratch.git("ls-tree", "-r", "--name-only", scratch.idOf(commit)).includes(CANARY);
    const skips = /\[(skip|ci|no|actions) \w+\]/.test(scratch.git("log", "-1", "--format=%B", scratch.idOf(commit)));
    if (carriesCanary && !one.silent && !skips) await stage.settle(after, "push");
    else if (carriesCanary) await pause(1_500);
  }
  for (const workflow of one.disable ?? []) {
    await server.call("PUT", `/repos/${repo.name}/actions/workflows/${workflow}/disable`);
  }
}

async function pushed(stage: Stage): Promise<{ runs: readonly GiteaRun[]; envelope: Envelope }> {
  const { one, scratch, push } = stage;
  if (one.act.kind === "pull") throw new Error("not a push");
  const { kind, ref, to } = one.act;
  const held = one.before?.[ref];
  const commit = to === "" ? "" : scratch.idOf(to);
  const annotated = one.act.kind === "push" && one.act.annotated === true;
  const target = annotated ? scratch.annotate(ref.replace("refs/tags/", ""), commit) : commit;
  const besides = one.act.kind === "push" ? (one.act.besides ?? {}) : {};
  const after = await stage.lastRun();
  const others = Object.entries(besides).map(([other, name]) => `${scratch.idOf(name)}:${other}`);
  if (kind === "delete") push(`:${ref}`);
  else push(`${target}:${ref}`, ...others);
  const runs = (await stage.settle(after, kind)).filter(({ path }) => kind === "delete" || path.endsWith(`@${ref}`));
  // A tag tells no commit before, not even where it was moved.
  const before = held && !ref.startsWith("refs/tags/") ? scratch.idOf(held) : ZERO;
  const envelope = { ...envelopeOf(stage, kind), ref, before, after: commit === "" ? ZERO : commit };
  return { runs, envelope };
}

async function pulled(stage: Stage): Promise<{ runs: readonly GiteaRun[]; envelope: Envelope }> {
  const { runs, pull }: { runs: readonly GiteaRun[]; pull: PulledRef } = await actPull(stage);
  const { action, after, number, title, headSha, baseRef, mergeBase } = pull;
  const pr = { number, title, headSha, baseRef, mergeBase, fork: false };
  const { act } = stage.one;
  const place =
    act.kind === "pull" && act.target
      ? { event: "pull_request_target", ref: `refs/heads/${baseRef}` }
      : { event: "pull_request", ref: `refs/pull/${number}/head` };
  return { runs, envelope: { ...envelopeOf(stage, place.event), action, ref: place.ref, after, pr } };
}

function envelopeOf({ server }: Stage, event: string): Envelope {
  const repo = { id: "1", name: "ada/shop" };
  return { v: 1, forge: "home", deliveryId: "oracle", event, repo, sender: server.login, at: 0 };
}

async function givenTo(forge: Forge, { repo, one }: Stage, envelope: Envelope): Promise<Given> {
  const { after = "", before = "", pr } = envelope;
  if (after === ZERO) return { envelope, files: [], message: "", changed: { kind: "files", paths: [] } };
  const change = pr
    ? ({ kind: "pull_request", number: pr.number, mergeBase: pr.mergeBase ?? "", head: pr.headSha } as const)
    : ({ kind: "push", before, after } as const);
  // A merge made by the server is dated by the server: its id would differ in every recording.
  const dated = pr !== undefined && after !== pr.headSha;
  return {
    envelope: dated ? { ...envelope, after: "e".repeat(40) } : envelope,
    files: await forge.source.workflowFiles(repo, await filesAt(forge, repo, envelope)),
    message: (await forge.source.commit(repo, pr?.headSha ?? after))?.message ?? "",
    changed: await forge.source.changedFiles(repo, change),
    ...(one.disable ? { disabled: one.disable } : {}),
  };
}

/** `pull_request_target` goes by the files of the branch that the pull request asks to change. */
async function filesAt(forge: Forge, repo: RepoRef, { event, pr, after = "" }: Envelope): Promise<string> {
  if (event !== "pull_request_target" || !pr) return after;
  return (await forge.source.branchTip(repo, pr.baseRef)) ?? after;
}

async function jobsOf({ server }: Stage, run: number): Promise<MadeRun["jobs"]> {
  const jobs = await server.jobs(REPOSITORY, run);
  return jobs.map(({ name, labels, status }) => {
    if (status !== "queued" && status !== "waiting") throw new Error(`a job is ${status}: is a runner at work here?`);
    return { name, labels: labels ?? [], status };
  });
}

function workflowOf({ path }: GiteaRun): string {
  return path.slice(0, path.lastIndexOf("@"));
}

/** Up to 1.25 the API tells the webhook's name, such as pull_request_sync, for both of a pull request's events: a case listens to one of them. */
function isOf(run: GiteaRun, event: string): boolean {
  if (!event.startsWith("pull_request")) return run.event === event;
  return /^pull_request(_sync|_label|_assign|_target)?$/.test(run.event);
}

function isCanary(run: GiteaRun): boolean {
  return workflowOf(run) === CANARY;
}

function isSentinel(branch: string | undefined): boolean {
  return branch?.startsWith("sentinel-") === true;
}

function sentinelCommit(scratch: ScratchRepository): string {
  const blob = scratch.write(canary);
  const workflows = scratch.tree(`100644 blob ${blob}\tzz-canary.yml\n`);
  const gitea = scratch.tree(`040000 tree ${workflows}\tworkflows\n`);
  const root = scratch.tree(`040000 tree ${gitea}\t.gitea\n`);
  return scratch.git("commit-tree", "-m", "sentinel", root);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`the server made no run within ${PATIENCE_MS / 1000} seconds`);
    await pause(250);
  }
  // The canary is made last; its jobs may be a moment behind.
  await pause(250);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
