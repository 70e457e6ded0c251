import type { Envelope } from "../core/event.ts";
import type { Forge } from "../core/forge.ts";
import type { JobDecision, WorkflowDecision } from "../core/plan/decision.ts";
import { approvalUnknown } from "../core/plan/plan.ts";
import type { World } from "../core/ports.ts";
import type { Need, Run } from "../core/run/run.ts";
import { keyOfPlannedJob } from "../core/run/run-key.ts";
import { advance } from "./advance.ts";
import { type DecidedEvent, decideEvents } from "./decide-event.ts";
import { launchDue } from "./launch.ts";
import { factsOf, newRun } from "./new-run.ts";
import { place } from "./place.ts";

/**
 * Decide what the forge runs for this event, write the decision down, and, where the forge has no job events of its own, write one row a job.
 *
 * Rows are single conditional writes, keyed by what is demanded: repeated at any point, it changes nothing that is there.
 */
export async function planEnvelope(world: World, forge: Forge, envelope: Envelope): Promise<void> {
  for (const decided of await decideEvents(forge, envelope)) await carryOut(world, decided);
}

async function carryOut(world: World, { pushId, envelope, decision }: DecidedEvent): Promise<void> {
  const { forge: name, repo, event, ref = "", after: sha = "", sender, at } = envelope;
  await world.journal.recordDecision({ pushId, forge: name, repo, event, ref, sha, sender, at, decision });
  for (const { path, decision: word, reason } of decision.workflows) {
    world.log.info("workflow decided", {
      forge: name,
      repo: repo.name,
      event,
      workflow: path,
      decision: word,
      reason: reason.code,
    });
  }
  const repository = await world.journal.repository(name, repo.id);
  if (repository?.sendsJobEvents) return;
  const runs = decision.workflows.flatMap((workflow) => rowsOf(world, envelope, pushId, workflow));
  for (const run of runs) await world.runs.create(run);
  await start(world, runs);
}

function rowsOf(world: World, envelope: Envelope, pushId: string, workflow: WorkflowDecision): readonly Run[] {
  const { forge, repo } = envelope;
  const keyed = workflow.jobs.map((job) => {
    const { id, matrixIndex = 0 } = job;
    const key = keyOfPlannedJob({ forge, repoId: repo.id, pushId, workflow: workflow.path, job: id, matrixIndex });
    return { key, job };
  });
  return keyed.map(({ key, job }) => {
    const needs = keyed
      .filter((other) => job.needs.includes(other.job.id))
      .map((other) => ({ key: other.key, job: other.job.id }));
    return rowOf(world, envelope, pushId, workflow.path, { key, job, needs });
  });
}

interface Keyed {
  readonly key: string;
  readonly job: JobDecision;
  readonly needs: readonly Need[];
}

function rowOf(world: World, envelope: Envelope, pushId: string, workflow: string, { key, job, needs }: Keyed): Run {
  const { before } = envelope;
  const placed = place(world, envelope.forge, job);
  const served = placed.kind === "profile" && mayWant(job);
  const status = !served ? "skipped" : job.decision === "wait" ? "waiting" : "queued";
  return newRun(
    {
      ...factsOf(envelope),
      key,
      ...(before === undefined ? {} : { before }),
      workflow,
      job: job.id,
      jobName: job.name,
      labels: job.labels,
      needs,
      pushId,
      reason: placed.kind === "none" && served === false && job.decision !== "skip" ? placed.reason : job.reason,
      ...(placed.kind === "profile" ? { profile: placed.profile.name } : {}),
      ...(job.matrixIndex === undefined ? {} : { matrixIndex: job.matrixIndex }),
      ...(job.conditional ? { conditional: true } : {}),
      ...(job.timeoutMinutes === undefined ? {} : { timeoutMinutes: job.timeoutMinutes }),
    },
    status,
    world.clock.now(),
  );
}

/** Where no job event tells when a fork's job has been approved, a machine that waits in vain costs less than a job that waits for ever. */
function mayWant({ decision, reason }: JobDecision): boolean {
  return decision === "launch" || decision === "wait" || reason.code === approvalUnknown;
}

/** What is queued gets its machines together; what waits for a run that is over already moves on. */
async function start(world: World, runs: readonly Run[]): Promise<void> {
  const ended = new Set(runs.filter(({ status }) => status === "skipped").map(({ key }) => key));
  for (const run of runs) {
    if (run.status === "waiting" && run.needs.some(({ key }) => ended.has(key))) await advance(world, run.key);
  }
  const queued = runs.filter(({ status }) => status === "queued");
  for (const profile of new Set(queued.map(({ profile }) => profile))) {
    const scope = queued[0]?.scope;
    if (scope && profile) await launchDue(world, scope, profile);
  }
}
