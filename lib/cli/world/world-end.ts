import { machineEnded } from "../../app/exit.ts";
import { cancelRun } from "../../app/request.ts";
import { WorldError } from "../../core/errors.ts";
import type { World } from "../../core/ports.ts";
import { instanceOf } from "../../core/run/run-seat.ts";

/**
 * Ends every machine of this computer, because `dayfly start` ends.
 *
 * A job that a forge owns goes on at the next start where it had not begun; what it became otherwise, the forge says. Nobody else
 * owns the other jobs: they are cancelled with their machines. No registration stays at a forge.
 */
export async function endMachines(world: World): Promise<void> {
  for (const run of await world.runs.open()) {
    const ours = run.forgeJobId === undefined && instanceOf(run) !== undefined;
    if (ours) await cancelRun(world, run.key, "the end of dayfly start");
  }
  for (const { instanceId, state } of await world.machines.list()) {
    if (state !== "ended") await world.machines.terminate(instanceId, "dayfly start was stopped");
  }
  for (const machine of await world.machineRecords.live()) {
    try {
      await machineEnded(world, machine, { cause: "gone", code: 0 });
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      // The forge is away: the next start finds the machine gone, and does the rest.
      world.log.warn("machine's end not told", { instanceId: machine.instanceId, error });
    }
  }
}
