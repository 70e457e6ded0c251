import type { Profile } from "../core/config/config.ts";
import type { World } from "../core/ports.ts";
import type { Machine } from "../core/run/machine.ts";
import type { Run, Seat } from "../core/run/run.ts";
import { instanceOf } from "../core/run/run-seat.ts";
import { apply } from "./apply.ts";

/**
 * Seats queued runs on machines that are there and have lost their own: the forge gave the job they came for to another one.
 * A machine is launched only where demand exceeds supply. Built-in runners serve exactly the run that they claimed, never a second one.
 *
 * @returns the runs that still need a machine
 */
export async function seatSpares(world: World, queued: readonly Run[], profile: Profile): Promise<readonly Run[]> {
  if (queued.length === 0) return queued;
  const spares = await spareMachines(world, queued[0]?.scope ?? "", profile);
  const left: Run[] = [];
  for (const run of queued) {
    const index = spares.findIndex((machine) => run.labels.every((label) => machine.labels.includes(label)));
    const [machine] = index < 0 ? [] : spares.splice(index, 1);
    if (!machine || !(await seat(world, run, machine))) left.push(run);
  }
  return left;
}

async function spareMachines(world: World, scope: string, profile: Profile): Promise<Machine[]> {
  const live = (await world.machineRecords.live()).filter(
    (machine) => machine.scope === scope && machine.profile === profile.name && machine.endedAt === undefined,
  );
  if (live.length === 0) return [];
  const open = await world.runs.open(scope);
  const taken = new Set(open.map(instanceOf));
  const now = world.clock.now();
  const idleUntil = (machine: Machine) => machine.claimedAt + profile.limits.idleMinutes * 60_000;
  return live.filter((machine) => {
    const idle = machine.servesKey === undefined && !taken.has(machine.instanceId);
    return idle && machine.serves === "any-job" && now < idleUntil(machine);
  });
}

/** The machine is bound first, and only over what we read of it: two runs never count on one machine. */
async function seat(world: World, run: Run, machine: Machine): Promise<boolean> {
  const at = world.clock.now();
  if ((await world.machineRecords.save({ ...machine, runKey: run.key }, machine.version)) === "stale") return false;
  await apply(world, run.key, () => ({ kind: "claimed", at, seat: seatOn(machine), begins: false }));
  return true;
}

export function seatOn({ launchId, deadline, instanceId, runnerName, claimedAt }: Machine): Required<Seat> {
  return { launchId, launchingAt: claimedAt, launchedAt: claimedAt, deadline, instanceId, runnerName, claimedAt };
}
