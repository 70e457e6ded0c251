import type { Instant } from "../core/event.ts";
import type { Forge } from "../core/forge.ts";
import type { World } from "../core/ports.ts";
import type { Launch } from "../core/run/launch.ts";
import type { ListedMachine, Machine } from "../core/run/machine.ts";
import { instanceOf } from "../core/run/run-seat.ts";
import { repoNameOf } from "../core/scope.ts";
import { advance } from "./advance.ts";
import { compare, uncompared } from "./compare.ts";
import { machineEnded } from "./exit.ts";
import { endForsaken } from "./forsaken.ts";
import { askWhetherOver, leftOut, takeListed } from "./listed-jobs.ts";
import { removeStale } from "./registration.ts";
import { isWanted } from "./seats.ts";

/** Items of one kind looked at in one pass, most overdue first; what is left comes five minutes later. */
const AT_MOST = 200;
/** A machine that nobody knows may be one whose launch is just being written down. */
const UNKNOWN_MS = 30 * 60_000;
/** A provider's list lags: only a machine that is absent twice, so long apart, is gone. */
const GONE_MS = 60_000;
/** How far back we ask a forge for what we may have missed. */
const MISSED_MS = 24 * 3600_000;

/** What one pass did; each figure counts items, `errors` those that failed and wait for the next pass. */
export interface SweepReport {
  readonly due: number;
  readonly missed: number;
  readonly gone: number;
  readonly terminated: number;
  readonly unregistered: number;
  readonly errors: number;
}

/**
 * The level that makes up for every lost edge: with all webhooks, notices and messages gone, this alone brings everything to its end.
 *
 * Each item is on its own: one broken repository never stops the rest. Two passes at once do no harm.
 */
export async function sweep(world: World): Promise<SweepReport> {
  const pass = newPass(world);
  let missed = 0;
  for (const [name, forge] of forgesOf(world)) {
    const since = world.clock.now();
    const listed = await pass.list("missed events", () => forge.demand.missed(since - MISSED_MS));
    missed += await pass.each("missed events", listed, (envelope) => takeListed(world, envelope));
    const left = await pass.list("jobs left out", () => leftOut(world, name, forge, listed, since));
    await pass.each("jobs left out", left, (run) => askWhetherOver(world, run));
  }
  const gone = await pass.each("ended machines", await pass.list("ended machines", () => endedMachines(world)), (end) =>
    end(),
  );
  const keys = await pass.list("due runs", () => world.runs.due(world.clock.now(), AT_MOST));
  const due = await pass.each("due runs", keys, (key) => advance(world, key).then(() => 1));
  const machines = await pass.list("useless machines", () => world.machines.list());
  const terminated = await pass.each("useless machines", machines, (machine) => terminateUseless(world, machine));
  const repositories = await pass.list("repositories", () => world.journal.repositories());
  const unregistered = await pass.each("stale registrations", repositories, (repository) =>
    removeStale(world, repository),
  );
  const planned = await pass.list("uncompared plans", () => uncompared(world));
  await pass.each("uncompared plans", planned, (decisions) => compare(world, decisions));
  const report = { due, missed, gone, terminated, unregistered, errors: pass.errors() };
  world.log.info("sweep done", { ...report });
  return report;
}

interface Pass {
  errors(): number;
  /** Reads a list; where that fails, this pass does without. */
  list<T>(what: string, read: () => Promise<readonly T[]>): Promise<readonly T[]>;
  /** Acts on each item, whatever happened to the others; adds up what each says that it did. */
  each<T>(what: string, items: readonly T[], act: (item: T) => Promise<number>): Promise<number>;
}

function newPass(world: World): Pass {
  let errors = 0;

  async function attempt<T>(what: string, act: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await act();
    } catch (error) {
      errors++;
      world.log.error("sweep item failed", { what, error: error instanceof Error ? error.message : String(error) });
      return otherwise;
    }
  }

  return {
    errors: () => errors,
    list: (what, read) => attempt(what, read, []),
    async each(what, items, act) {
      let done = 0;
      for (const item of items) done += await attempt(what, () => act(item), 0);
      return done;
    },
  };
}

function forgesOf(world: World): readonly (readonly [string, Forge])[] {
  return world.config.forges.flatMap(({ name }) => {
    const forge = world.forge(name);
    return forge ? [[name, forge] as const] : [];
  });
}

type End = () => Promise<number>;

/** Machines that went away without a word, or whose word did not reach all their runs. */
async function endedMachines(world: World): Promise<readonly End[]> {
  const listed = new Map((await world.machines.list()).map((machine) => [machine.instanceId, machine]));
  const live = await world.machineRecords.live();
  const ends: End[] = live.map((machine) => () => lookForGone(world, machine, listed.get(machine.instanceId)));
  for (const run of await world.runs.open()) {
    const instanceId = instanceOf(run);
    if (instanceId !== undefined && !live.some((machine) => machine.instanceId === instanceId))
      ends.push(() => repeatEnd(world, instanceId, run.key));
  }
  return ends;
}

async function lookForGone(world: World, machine: Machine, listed: ListedMachine | undefined): Promise<number> {
  const now = world.clock.now();
  const absent = listed === undefined && machine.missingSince !== undefined && now - machine.missingSince >= GONE_MS;
  if (absent || listed?.state === "ended") {
    await machineEnded(world, machine, { cause: now >= machine.deadline ? "deadline" : "gone", code: 0 });
    return 1;
  }
  if ((listed === undefined) !== (machine.missingSince !== undefined)) {
    const { missingSince: _before, ...seen } = machine;
    await world.machineRecords.save(listed ? seen : { ...seen, missingSince: now }, machine.version);
  }
  return listed ? endForsaken(world, machine) : 0;
}

/** An end that was written down, but perhaps not told to the run. */
async function repeatEnd(world: World, instanceId: string, runKey: string): Promise<number> {
  const machine = await world.machineRecords.get(instanceId);
  if (machine?.endedAt === undefined) return 0;
  await machineEnded(world, machine, machine.exit ?? { cause: "gone", code: 0 }, runKey);
  return 1;
}

/** Ends a machine past its deadline, or one that never claimed and is not needed. Never one without our tag: the list has none. */
async function terminateUseless(world: World, machine: ListedMachine): Promise<number> {
  const why = (await overdue(world, machine)) ?? (await superseded(world, machine));
  if (!why) return 0;
  await world.machines.terminate(machine.instanceId, why);
  world.log.info("machine terminated", { instanceId: machine.instanceId, launchId: machine.launchId, reason: why });
  return 1;
}

async function overdue(world: World, machine: ListedMachine): Promise<string | undefined> {
  const now = world.clock.now();
  if (machine.state === "ended" || machine.state === "stopping") return undefined;
  if (machine.deadline !== undefined && now >= machine.deadline) return "past its deadline";
  const record = await world.machineRecords.get(machine.instanceId);
  const ended = record?.endedAt !== undefined && now - record.endedAt >= GONE_MS;
  return ended ? "it said that it ends, and did not" : undefined;
}

/** It never claimed, and no run waits for it. It is retired first, so that it cannot win a run while it is being ended. */
async function superseded(world: World, machine: ListedMachine): Promise<string | undefined> {
  const { instanceId, launchId, launchedAt, state } = machine;
  const now = world.clock.now();
  if (state === "ended" || state === "stopping" || now - launchedAt < GONE_MS) return undefined;
  if (await world.machineRecords.get(instanceId)) return undefined;
  const launch = launchId === undefined ? undefined : await world.launches.get(launchId);
  if (!launch) return now - launchedAt >= UNKNOWN_MS ? "no launch of ours knows it" : undefined;
  if (launch.outcome.kind === "reserved" || (await isWanted(world, launch))) return undefined;
  const retired = await world.machineRecords.retire(retiredMachine(launch, instanceId, now));
  return retired === "retired" ? "it never claimed, and no run waits for it" : undefined;
}

function retiredMachine(launch: Launch, instanceId: string, now: Instant): Machine {
  const { id: launchId, forge, scope, profile, deadline, runKeys } = launch;
  return {
    instanceId,
    launchId,
    runKey: runKeys[0] ?? "",
    serves: "any-job",
    forge,
    scope,
    repoId: "",
    repo: repoNameOf(scope),
    profile,
    labels: [],
    bootId: "",
    runnerName: "",
    tokenHash: "",
    claimedAt: now,
    deadline,
    endedAt: now,
    version: 1,
  };
}
