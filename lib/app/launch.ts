import type { Profile } from "../core/config/config.ts";
import { UserError } from "../core/errors.ts";
import type { Instant } from "../core/event.ts";
import type { LaunchResult, World } from "../core/ports.ts";
import { backoffSeconds } from "../core/run/backoff.ts";
import { PROFILE_FULL } from "../core/run/decide.ts";
import type { Launch, LaunchOutcome, LaunchPlan, Shortage } from "../core/run/launch.ts";
import type { Run } from "../core/run/run.ts";
import { instanceOf } from "../core/run/run-seat.ts";
import { apply } from "./apply.ts";
import { lifeMs, profileOf } from "./limits.ts";
import { seatSpares } from "./spare.ts";

/** A launch that nobody could complete in this time is given up; its runs take another one. */
const LAUNCH_BY_MS = 5 * 60_000;
/** How long a run waits when its profile has no machine left to give. */
const FULL_SECONDS = 60;

/**
 * Machines for the runs of one scope and profile that are queued and due.
 *
 * Runs are reserved first, each by its own conditional write, so two dispatchers never count one run twice; then the launch
 * is written down; then the provider is asked. A crash in between leaves runs that are due again within a minute.
 */
export async function launchDue(world: World, scope: string, profileName: string): Promise<void> {
  const profile = profileOf(world.config, { profile: profileName });
  if (!profile) return;
  const waiting = await seatSpares(world, await dueRuns(world, scope, profile), profile);
  if (waiting.length === 0) return;

  const room = await roomFor(world, profile);
  for (const run of waiting.slice(room)) await postponeFull(world, run, profile);
  const wanted = waiting.slice(0, room);
  for (const market of ["spot", "on-demand"] as const) {
    const runs = wanted.filter((run) => marketOf(run, profile) === market);
    if (runs.length > 0) await launchTogether(world, profile, market, runs);
  }
}

async function dueRuns(world: World, scope: string, profile: Profile): Promise<readonly Run[]> {
  const now = world.clock.now();
  const open = await world.runs.open(scope);
  return open
    .filter((run) => run.status === "queued" && run.profile === profile.name && (run.dueAt ?? 0) <= now)
    .sort((a, b) => a.createdAt - b.createdAt);
}

function marketOf(run: Run, profile: Profile): LaunchMarket {
  return profile.market === "on-demand" || (run.avoidSpot && profile.onDemandFallback) ? "on-demand" : "spot";
}
type LaunchMarket = Profile["market"];

/** Machines that the profile's limit still allows. A lagging index may let through a few too many: it is a guard on money. */
async function roomFor(world: World, profile: Profile): Promise<number> {
  const seated = (await world.runs.open()).filter((run) => run.profile === profile.name && "launchId" in run);
  const busy = new Set(seated.map((run) => instanceOf(run) ?? run.key));
  for (const machine of await world.machineRecords.live()) {
    if (machine.profile === profile.name) busy.add(machine.instanceId);
  }
  return Math.max(0, profile.limits.machines - busy.size);
}

async function postponeFull(world: World, run: Run, profile: Profile): Promise<void> {
  const at = world.clock.now();
  const text = `all ${profile.limits.machines} machines of profile ${profile.name} are in use`;
  const until = at + FULL_SECONDS * 1000;
  await apply(world, run.key, () => ({ kind: "postponed", at, code: PROFILE_FULL, text, until }));
}

/** A machine of this profile has ended: the run that has waited longest for room asks again, now instead of in a minute. */
export async function tellOfRoom(world: World, profileName: string): Promise<void> {
  const full = (await world.runs.open()).filter(
    (run) => run.profile === profileName && run.reason.code === PROFILE_FULL,
  );
  const [first] = full.sort((a, b) => a.createdAt - b.createdAt);
  if (first) await apply(world, first.key, () => ({ kind: "room", at: world.clock.now() }));
}

async function launchTogether(
  world: World,
  profile: Profile,
  market: LaunchMarket,
  runs: readonly Run[],
): Promise<void> {
  const plan = await planOf(world, profile, market, runs);
  if (!plan) return;
  const at = world.clock.now();
  const id = world.random.hex(32);
  const deadline = at + lifeMs(profile);
  const reserved: Run[] = [];
  for (const { key } of runs) {
    const run = await apply(world, key, () => ({ kind: "reserved", at, launchId: id, deadline }));
    if (run?.status === "launching" && run.launchId === id) reserved.push(run);
  }
  const first = reserved[0];
  if (!first) return;
  const launch: Launch = {
    id,
    token: id,
    profile: profile.name,
    scope: first.scope,
    forge: first.forge,
    count: reserved.length,
    runKeys: reserved.map(({ key }) => key),
    plan,
    createdAt: at,
    launchBy: at + LAUNCH_BY_MS,
    deadline,
    outcome: { kind: "reserved" },
    version: 1,
  };
  await world.launches.reserve(launch);
  await callProvider(world, launch);
}

/** A profile that can never be launched ends its runs; anything else that goes wrong is tried again. */
async function planOf(
  world: World,
  profile: Profile,
  market: LaunchMarket,
  runs: readonly Run[],
): Promise<LaunchPlan | undefined> {
  try {
    return await world.machines.plan(profile, market);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const at = world.clock.now();
    for (const { key } of runs)
      await apply(world, key, () => ({ kind: "unservable", at, code: "profile-unusable", text: error.message }));
    return undefined;
  }
}

/** Asks the provider, or asks again: the same launch is the same machines. */
export async function callProvider(world: World, launch: Launch): Promise<void> {
  const { id, profile, count } = launch;
  const result = await world.machines.launch(launch);
  world.log.info("launch answered", { launchId: id, profile, count, outcome: result.kind, ...shortageFacts(result) });
  if (result.kind === "unknown") return;
  await conclude(world, launch, result);
}

function shortageFacts(result: LaunchResult): Readonly<Record<string, unknown>> {
  if (result.kind === "unknown") return { text: result.text };
  return result.shortage ? { shortage: result.shortage.class, code: result.shortage.code } : {};
}

/** Writes the outcome down, then tells the runs. */
export async function conclude(
  world: World,
  launch: Launch,
  outcome: Exclude<LaunchOutcome, { kind: "reserved" }>,
): Promise<void> {
  await world.launches.save({ ...launch, outcome }, launch.version);
  for (const key of launch.runKeys) await tellRun(world, { ...launch, outcome }, key);
}

/** What a launch's outcome means for one of its runs: the first so many have a machine, the others go without. */
export async function tellRun(world: World, launch: Launch, key: string): Promise<Run | undefined> {
  const { outcome, id } = launch;
  if (outcome.kind === "reserved") return undefined;
  const at = world.clock.now();
  const machines = outcome.kind === "launched" ? outcome.machines.length : 0;
  if (launch.runKeys.indexOf(key) < machines) return apply(world, key, () => ({ kind: "launched", at, launchId: id }));
  const shortage = outcome.shortage ?? noShortage;
  return apply(world, key, (run) => ({
    kind: "not-launched",
    at,
    launchId: id,
    shortage,
    retryAt: retryAt(world, run, at),
  }));
}

const noShortage: Shortage = {
  class: "pool",
  code: "fewer-than-asked",
  text: "the provider gave fewer machines than asked for, and no reason",
};

/** Later after each failure, with jitter. */
export function retryAt(world: World, run: Run, at: Instant): Instant {
  return at + backoffSeconds(Math.max(1, run.attempt), world.random.fraction()) * 1000;
}
