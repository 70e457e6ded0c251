import { ec2World } from "../aws/ec2-world.ts";
import { smallProfile } from "../world/world.ts";
import type { MachinesBench } from "./machines-contract.ts";

/** The EC2 adapter with the real SDK, over HTTP against the fake of EC2, which shows a new machine only after half a minute. */
export async function ec2MachinesBench(): Promise<MachinesBench & { close(): Promise<void> }> {
  const world = await ec2World({ visibleAfter: 30_000 });
  return {
    machines: world.machines,
    profile: smallProfile,
    now: world.clock.now,
    settled: async () => world.clock.advance(31),
    close: world.close,
  };
}
