import type { Claimed } from "../../lib/app/claim.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { Instant } from "../../lib/core/event.ts";
import type { Machines, Runs, World } from "../../lib/core/ports.ts";
import { isEnded, type Run } from "../../lib/core/run/run.ts";
import type { MemoryWorld } from "../world/world.ts";
import type { SpoolForge } from "./spool-forge.ts";

/** Slack for a machine's own timer, which needs no help of ours. */
const TIMER_SLACK_MS = 1000;

/**
 * What must hold at every moment, and what must hold in the end.
 */
export interface Checker {
  readonly start: Instant;
  /** The world, with an eye on every write. */
  readonly watched: World;
  tick(): void;
  /** A machine was handed a registration. */
  registered(instanceId: string, claimed: Claimed): void;
  /** A machine began to execute a job. */
  executed(job: string, instanceId: string): void;
  /** It has done so, or has died. */
  finished(instanceId: string): void;
  /** Our code threw something that is no expected failure of the world. */
  crashed(error: unknown): void;
  violations(): readonly string[];
  atEnd(): readonly string[];
}

export function newChecker(world: MemoryWorld, bare: SpoolForge): Checker {
  const found = new Set<string>();
  const executions = new Map<string, string>();
  const busy = new Set<string>();

  function onWrite(before: Run | undefined, after: Run | undefined): void {
    if (!before || !after) return;
    if (isEnded(before) && before.status !== after.status)
      found.add(`terminal is final: ${before.key} went from ${before.status} to ${after.status}`);
    if (after.attempt > 5) found.add(`attempts are capped: ${after.key} had ${after.attempt}`);
    if (!isEnded(after) && (after.dueAt === undefined || !after.nextAction))
      found.add(`every open run says what is next: ${after.key} ${after.status}`);
  }

  const runs: Runs = {
    ...world.runs,
    async save(run, expectedVersion) {
      const before = await world.runs.get(run.key);
      const outcome = await world.runs.save(run, expectedVersion);
      if (outcome.kind === "saved") onWrite(before, outcome.run);
      return outcome;
    },
  };

  const machines: Machines = {
    ...world.machines,
    async terminate(instanceId, reason) {
      if (busy.has(instanceId) && reason !== "past its deadline")
        found.add(`no machine is ended at work: ${instanceId}, ${reason}`);
      await world.machines.terminate(instanceId, reason);
    },
  };

  return {
    start: world.clock.now(),
    watched: { ...world, runs, machines },
    tick() {
      const now = world.clock.now();
      const machinesOf = new Map<string, number>();
      for (const { instanceId, endedAt, launch } of world.machines.all()) {
        if (endedAt === undefined && now > launch.deadline + TIMER_SLACK_MS)
          found.add(`no machine past its deadline: ${instanceId}`);
        const count = (machinesOf.get(launch.id) ?? 0) + 1;
        machinesOf.set(launch.id, count);
        if (count > launch.count) found.add(`a launch has no more machines than it asked for: ${launch.id}`);
      }
    },
    registered(instanceId, { runKey }) {
      const record = world.machineRecords.all().find((machine) => machine.instanceId === instanceId);
      if (!record) found.add(`a registration only for a claim: ${instanceId} for ${runKey}`);
    },
    executed(job, instanceId) {
      const before = executions.get(job);
      if (before !== undefined) found.add(`no job runs twice: ${job} on ${before} and ${instanceId}`);
      executions.set(job, instanceId);
      busy.add(instanceId);
    },
    finished: (instanceId) => void busy.delete(instanceId),
    crashed(error) {
      if (!(error instanceof WorldError))
        found.add(`our code threw: ${error instanceof Error ? error.stack : String(error)}`);
    },
    violations: () => [...found],
    atEnd: () => [...openRows(world), ...forgottenJobs(world), ...forgottenPushes(world, bare), ...leftovers(world)],
  };
}

function openRows(world: MemoryWorld): readonly string[] {
  return world.runs
    .all()
    .filter((run) => !isEnded(run) || run.effects.length > 0)
    .map((run) => `every run ends: ${run.key} is ${run.status}, ${run.reason.text}, next: ${run.nextAction}`);
}

/** The forge's jobs are all over, and each try of them has one row that says so. */
function forgottenJobs(world: MemoryWorld): readonly string[] {
  const rows = world.runs.all();
  return world.home.jobs().flatMap((job) => {
    if (job.status !== "completed") return [`no job is lost: ${job.id} is ${job.status} at the forge`];
    const mine = rows.filter((run) => run.forgeJobId === job.id && run.forgeTry === job.try);
    // A job that was over before anybody told us of it needs no row, whichever machine of ours it met.
    const served = mine.filter(({ status }) => status === "completed");
    return served.length > 1 ? [`one row a try: ${job.id} has ${served.length}`] : [];
  });
}

/** Each push has its four rows, and each row that was not lost with its machine has been served. */
function forgottenPushes(world: MemoryWorld, bare: SpoolForge): readonly string[] {
  const rows = world.runs.all();
  return bare.pushes().flatMap(({ after }) => {
    const mine = rows.filter((run) => run.sha === after);
    return mine.length === 4 ? [] : [`no push is lost: ${after} has ${mine.length} rows`];
  });
}

function leftovers(world: MemoryWorld): readonly string[] {
  return [
    ...world.machines
      .all()
      .flatMap(({ instanceId, endedAt }) => (endedAt === undefined ? [`no machine is left: ${instanceId}`] : [])),
    ...world.home.runnerNames().map((name) => `no registration is left: ${name}`),
  ];
}
