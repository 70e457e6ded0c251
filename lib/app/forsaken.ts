import type { World } from "../core/ports.ts";
import type { Machine } from "../core/run/machine.ts";
import { isEnded } from "../core/run/run.ts";

/** A runner that has finished its job ends its machine by itself: it is given so long. */
const LEAVE_MS = 60_000;

/**
 * Ends a machine whose job is over at the forge and whose runner the forge has removed: that runner hears nothing any more.
 *
 * A cancelled job is one: Gitea removes the ephemeral runner at once, so its program goes on with the job and never learns why nobody answers.
 */
export async function endForsaken(world: World, machine: Machine): Promise<number> {
  const { serves, servesKey, instanceId, runnerName } = machine;
  if (serves !== "any-job" || servesKey === undefined) return 0;
  const run = await world.runs.get(servesKey);
  if (!run || !isEnded(run) || world.clock.now() - run.endedAt < LEAVE_MS) return 0;
  const runners = await world.forge(machine.forge)?.enrolment.runners(machine.scope);
  if (!runners || runners.some(({ name }) => name === runnerName)) return 0;
  const reason = "its job is over, and the forge has removed its runner";
  await world.machines.terminate(instanceId, reason);
  world.log.info("machine terminated", { instanceId, launchId: machine.launchId, reason });
  return 1;
}
