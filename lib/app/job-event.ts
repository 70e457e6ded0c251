import type { Envelope, JobNotice } from "../core/event.ts";
import type { World } from "../core/ports.ts";
import type { Machine } from "../core/run/machine.ts";
import { isEnded, type Run } from "../core/run/run.ts";
import { keyOfJob, keyOfRetry } from "../core/run/run-key.ts";
import { scopeOf } from "../core/scope.ts";
import { apply } from "./apply.ts";
import { launchDue } from "./launch.ts";
import { newRun } from "./new-run.ts";
import { place } from "./place.ts";
import { seatOn } from "./spare.ts";

/**
 * A forge's word about one of its jobs. It is the truth about demand: `queued` alone asks for a machine.
 * Any order and any number of these ends the same.
 */
export async function takeJobEvent(world: World, envelope: Envelope, job: JobNotice): Promise<void> {
  await learnJobEvents(world, envelope);
  const run = await runOfJob(world, envelope, job);
  await takeJob(world, run, job);
  if (run.profile !== undefined && job.status === "queued") await launchDue(world, run.scope, run.profile);
}

/** The first job event of a repository makes them its one source of demand, for good. */
async function learnJobEvents(world: World, { forge, repo }: Envelope): Promise<void> {
  const known = await world.journal.repository(forge, repo.id);
  if (known?.sendsJobEvents && known.name === repo.name) return;
  await world.journal.saveRepository({ forge, id: repo.id, name: repo.name, sendsJobEvents: true });
}

/** Moves a run by what the forge says of its job. */
export async function takeJob(world: World, run: Run, job: JobNotice): Promise<void> {
  const at = world.clock.now();
  switch (job.status) {
    case "waiting":
      return void (await apply(world, run.key, () => ({ kind: "blocked", at })));
    case "queued":
      return void (await apply(world, run.key, () => ({ kind: "needs-met", at })));
    case "in_progress":
      return begin(world, run, job);
    case "completed":
      if (job.runnerName !== undefined && run.status !== "running") await begin(world, run, job);
      return void (await apply(world, run.key, () => ({
        kind: "ended-at-forge",
        at,
        conclusion: job.conclusion ?? "cancelled",
      })));
  }
}

/** Bind the run to the machine whose runner has the job, whichever run that machine came for. */
async function begin(world: World, run: Run, job: JobNotice): Promise<void> {
  if (job.runnerName === undefined) return;
  const runnerName = job.runnerName;
  const at = world.clock.now();
  const machine = await world.machineRecords.byRunner(run.forge, runnerName);
  if (!machine) return void (await apply(world, run.key, () => ({ kind: "began-elsewhere", at, runnerName })));
  await markSeen(world, machine, run.key);
  await apply(world, run.key, () => ({ kind: "began", at, seat: seatOn(machine) }));
}

async function markSeen(world: World, machine: Machine, servesKey: string): Promise<void> {
  if (machine.servesKey === servesKey) return;
  const seen: Machine = { ...machine, servesKey, seenAt: machine.seenAt ?? world.clock.now() };
  if ((await world.machineRecords.save(seen, machine.version)) === "saved") return;
  const current = await world.machineRecords.get(machine.instanceId);
  if (current) await markSeen(world, current, servesKey);
}

/** The row of this try of the job: its own, the planned one that it fits, or a new one. */
async function runOfJob(world: World, envelope: Envelope, job: JobNotice): Promise<Run> {
  const jobKey = keyOfJob(envelope.forge, envelope.repo.id, job.id, job.try);
  const standing = (await world.adoptions.find(jobKey)) ?? jobKey;
  const found = await world.runs.get(standing);
  if (found && !(isEnded(found) && wantsMachine(job) && !wasCancelledHere(found))) return found;
  if (found)
    return (await reallyWaits(world, envelope, job))
      ? create(world, envelope, job, keyOfRetry(found.key), found)
      : found;

  const planned = await plannedRun(world, envelope, job);
  if (planned && (await world.adoptions.adopt(jobKey, planned.key)) === planned.key) {
    const { id: forgeJobId, runId: forgeRunId, try: forgeTry } = job;
    const at = world.clock.now();
    const adopted = await apply(world, planned.key, () => ({ kind: "adopted", at, forgeJobId, forgeRunId, forgeTry }));
    if (adopted) return adopted;
  }
  return create(world, envelope, job, jobKey, await earlierTry(world, envelope, job));
}

/** Somebody does not want it any more: that the forge still waits for a machine changes nothing, its next try does. */
function wasCancelledHere({ status, reason }: Run): boolean {
  return status === "cancelled" && reason.code === "cancelled";
}

function wantsMachine(job: JobNotice): boolean {
  return job.status === "queued" || job.status === "waiting";
}

/** A late or repeated event says `queued` too; only the forge knows whether the job waits again. */
async function reallyWaits(world: World, { forge, repo }: Envelope, job: JobNotice): Promise<boolean> {
  const now = await world.forge(forge)?.demand.job(repo, job.id);
  if (now === undefined || now === "gone" || now === "silent") return false;
  return wantsMachine(now) && now.try === job.try;
}

/** A planned, open row of the same commit, name and labels that no job of the forge has adopted yet. */
async function plannedRun(world: World, { forge, repo }: Envelope, job: JobNotice): Promise<Run | undefined> {
  if (job.try > 1) return undefined;
  const open = await world.runs.open(scopeOf(forge, repo));
  const hint = open.find((run) => fits(run, job));
  const run = hint && (await world.runs.get(hint.key));
  return run && !isEnded(run) && fits(run, job) ? run : undefined;
}

function fits(run: Run, job: JobNotice): boolean {
  const planned = run.pushId !== undefined && run.forgeJobId === undefined;
  return planned && run.sha === job.headSha && run.jobName === job.name && sameLabels(run.labels, job.labels);
}

function sameLabels(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join("\n") === [...b].sort().join("\n");
}

async function earlierTry(world: World, { forge, repo }: Envelope, job: JobNotice): Promise<Run | undefined> {
  if (job.try < 2) return undefined;
  const key = keyOfJob(forge, repo.id, job.id, job.try - 1);
  return world.runs.get((await world.adoptions.find(key)) ?? key);
}

async function create(
  world: World,
  envelope: Envelope,
  job: JobNotice,
  key: string,
  before: Run | undefined,
): Promise<Run> {
  const { forge, repo, ref = "" } = envelope;
  const placed = place(world, forge, job);
  const run = newRun(
    {
      key,
      forge,
      scope: scopeOf(forge, repo),
      repoId: repo.id,
      repo: repo.name,
      event: before?.event ?? "workflow_job",
      ref: before?.ref ?? ref,
      sha: job.headSha,
      jobName: job.name,
      labels: job.labels,
      needs: [],
      forgeJobId: job.id,
      forgeRunId: job.runId,
      forgeTry: job.try,
      reason: placed.kind === "none" ? placed.reason : { code: "job-event", text: `the forge says: ${job.status}` },
      ...(placed.kind === "profile" ? { profile: placed.profile.name } : {}),
      ...(before ? { rerunOf: before.key } : {}),
      ...(before?.workflow ? { workflow: before.workflow } : {}),
      ...(before?.job ? { job: before.job } : {}),
    },
    placed.kind === "none" ? "skipped" : job.status === "queued" ? "queued" : "waiting",
    world.clock.now(),
  );
  await world.runs.create(run);
  return (await world.runs.get(key)) ?? run;
}
