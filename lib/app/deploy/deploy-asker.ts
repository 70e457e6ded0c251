import type { DeployStore } from "../../core/deploy/deploy-ports.ts";
import type { Asker } from "../../core/deploy/policy.ts";
import { hashOf } from "../../core/hash.ts";
import type { World } from "../../core/ports.ts";
import { assignedJob } from "../assigned-job.ts";

type AskedWorld = Pick<World, "machineRecords" | "runs" | "forge"> & Pick<DeployStore, "tokens">;

/** Who a bearer token speaks for. A machine's token names a machine, never a run: the forge says which job that one has now. */
export async function askerOf(world: AskedWorld, bearer: string | undefined): Promise<Asker> {
  if (bearer === undefined) return { kind: "nobody" };
  const hash = hashOf([bearer]);
  const machine = await world.machineRecords.byToken(hash);
  if (machine) return { kind: "machine", machine, job: await assignedJob(world, machine) };
  const token = await world.tokens.byHash(hash);
  return token ? { kind: "token", token } : { kind: "nobody" };
}
