import type { Instant, RepoRef } from "../core/event.ts";
import type { World } from "../core/ports.ts";
import type { Launch, LaunchOutcome } from "../core/run/launch.ts";
import type { Run, RunOf } from "../core/run/run.ts";
import { instanceOf } from "../core/run/run-seat.ts";
import { apply, settle } from "./apply.ts";
import { machineEnded, wordOf } from "./exit.ts";
import { takeJob } from "./job-event.ts";
import { callProvider, conclude, launchDue, retryAt, tellRun } from "./launch.ts";
import { needState } from "./needs.ts";

const gone = { cause: "gone", code: 0 } as const;
const LOOK_AGAIN_MS = { needs: 5 * 60_000, blocked: 5 * 60_000, machine: 60_000 } as const;

/**
 * Look at one run and do what is due: carry out pending effects, ask for a machine, repeat a launch, or find out what
 * became of a machine. Safe to call at any time, any number of times: every step starts from a strong read.
 */
export async function advance(world: World, key: string): Promise<void> {
  const found = await world.runs.get(key);
  if (!found) return;
  const run = await settle(world, found);
  if (run.dueAt === undefined || (run.dueAt > world.clock.now() && run.status !== "waiting")) return;
  switch (run.status) {
    case "waiting":
      return run.needs.length > 0 ? advanceNeeds(world, run) : askForge(world, run);
    case "queued":
      return run.profile === undefined ? undefined : launchDue(world, run.scope, run.profile);
    case "launching":
      return advanceLaunch(world, run);
    case "booting":
      return instanceOf(run) === undefined ? giveUpBoot(world, run) : lookAtMachine(world, run);
    case "running":
      return lookAtMachine(world, run);
    default:
      return undefined;
  }
}

async function advanceNeeds(world: World, run: Run): Promise<void> {
  const at = world.clock.now();
  const state = await needState(world, run);
  await apply(world, run.key, () => {
    if (state.kind === "open") return still(at, LOOK_AGAIN_MS.needs, `wait for ${state.job}`);
    if (state.kind === "met" || run.conditional) return { kind: "needs-met", at };
    return { kind: "needs-failed", at, need: state.job, result: state.result };
  });
}

/** A run without needs of its own waits because the forge said so; the forge alone can release it. */
async function askForge(world: World, run: Run): Promise<void> {
  const at = world.clock.now();
  const word = await wordOf(world, run);
  await apply(world, run.key, () => {
    if (word.kind === "queued") return { kind: "needs-met", at };
    if (word.kind === "completed") return { kind: "ended-at-forge", at, conclusion: word.conclusion };
    if (word.kind === "gone") return { kind: "ended-at-forge", at, conclusion: "cancelled" };
    return still(at, LOOK_AGAIN_MS.blocked, "ask the forge whether it may start");
  });
}

/** No answer of the launch reached this run within a minute: whoever launched may have died at any line. */
async function advanceLaunch(world: World, run: RunOf<"launching">): Promise<void> {
  const { launchId, key } = run;
  const at = world.clock.now();
  const launch = await world.launches.get(launchId);
  if (!launch) {
    const shortage = { class: "throttled", code: "launch-not-written", text: "the launch was never sent" } as const;
    await apply(world, key, () => ({ kind: "not-launched", at, launchId, shortage, retryAt: at }));
    return;
  }
  if (launch.outcome.kind !== "reserved") return void (await tellRun(world, launch, key));
  if (at < launch.launchBy) {
    await callProvider(world, launch);
    await apply(world, key, (now) =>
      now.status === "launching" ? still(at, LOOK_AGAIN_MS.machine, "repeat the launch if no answer came") : undefined,
    );
    return;
  }
  await conclude(world, launch, await outcomeUnheard(world, launch));
}

/** Too late to ask for machines: those that are there count, the others have never been. */
async function outcomeUnheard(world: World, launch: Launch): Promise<Exclude<LaunchOutcome, { kind: "reserved" }>> {
  const started = (await world.machines.list()).filter(({ launchId }) => launchId === launch.id);
  const shortage = {
    class: "pool",
    code: "launch-unanswered",
    text: "the provider gave no answer in five minutes",
  } as const;
  const machines = started.map(({ instanceId }) => ({ instanceId }));
  if (machines.length >= launch.count) return { kind: "launched", machines };
  return machines.length > 0 ? { kind: "launched", machines, shortage } : { kind: "none", shortage };
}

async function giveUpBoot(world: World, run: RunOf<"booting">): Promise<void> {
  const at = world.clock.now();
  await apply(world, run.key, (now) => ({
    kind: "not-booted",
    at,
    launchId: run.launchId,
    retryAt: retryAt(world, now, at),
  }));
}

/** Past its time: what does the machine say, what the forge, and is the machine past its deadline? */
async function lookAtMachine(world: World, run: RunOf<"booting" | "running">): Promise<void> {
  const at = world.clock.now();
  const machine = run.instanceId === undefined ? undefined : await world.machineRecords.get(run.instanceId);
  if (!machine) return;
  if (machine.endedAt !== undefined) return machineEnded(world, machine, machine.exit ?? gone, run.key);
  if (at >= machine.deadline) {
    await world.machines.terminate(machine.instanceId, "past its deadline");
    return machineEnded(world, machine, { cause: "deadline", code: 0 }, run.key);
  }
  await askForgeAbout(world, run, at);
}

async function askForgeAbout(world: World, run: Run, at: Instant): Promise<void> {
  const demand = world.forge(run.forge)?.demand;
  const repo: RepoRef = { id: run.repoId, name: run.repo };
  const job = demand && run.forgeJobId !== undefined ? await demand.job(repo, run.forgeJobId) : "silent";
  if (job === "gone")
    return void (await apply(world, run.key, () => ({ kind: "ended-at-forge", at, conclusion: "cancelled" })));
  if (job !== "silent" && job.status !== "queued") await takeJob(world, run, job);
  await apply(world, run.key, (now) =>
    now.dueAt !== undefined && now.dueAt <= at
      ? still(at, LOOK_AGAIN_MS.machine, "see whether its runner got a job")
      : undefined,
  );
}

function still(at: Instant, afterMs: number, nextAction: string) {
  return { kind: "still", at, until: at + afterMs, nextAction } as const;
}
