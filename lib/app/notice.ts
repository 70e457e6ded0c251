import type { World } from "../core/ports.ts";
import { machineEnded } from "./exit.ts";

/** The provider's own word about one of the account's machines; it need not be ours. */
export interface Notice {
  readonly instanceId: string;
  /** `warned`: the provider will take it back within minutes. */
  readonly kind: "ended" | "warned";
}

/**
 * A hint that makes things fast: the sweep finds a machine gone without it. Machines that never claimed have no record,
 * and neither have those of others.
 */
export async function takeNotice(world: World, { instanceId, kind }: Notice): Promise<void> {
  const machine = await world.machineRecords.get(instanceId);
  if (!machine || machine.endedAt !== undefined) return;
  if (kind === "ended") return machineEnded(world, machine, { cause: "gone", code: 0 });
  world.log.warn("machine will be taken back", { instanceId, runKey: machine.servesKey ?? machine.runKey });
}
