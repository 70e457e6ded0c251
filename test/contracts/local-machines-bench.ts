import { machinesWorld } from "../local/machines-bench.ts";
import { smallProfile } from "../world/world.ts";
import type { MachinesBench } from "./machines-contract.ts";

/** Machines of this computer whose job never ends by itself. */
export async function localMachinesBench(): Promise<MachinesBench & { close(): Promise<void> }> {
  const world = await machinesWorld();
  world.job = "sleep 1000";
  return {
    machines: world.machines,
    profile: smallProfile,
    now: Date.now,
    settled: async () => {},
    close: world.close,
  };
}
