import { dispatch } from "../../lib/app/dispatch.ts";
import type { MemoryWorld } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };

/** The forge queues so many equal jobs, one event after the other, and each is dispatched. */
export async function queueJobs(world: MemoryWorld, jobs = 1): Promise<void> {
  for (let n = 1; n <= jobs; n++) {
    const job = { id: `${n}`, name: `job ${n}`, labels: ["linux"], headSha: "a".repeat(40) };
    const envelope = world.home.queueJob(repo, job);
    await dispatch(world, { v: 1, kind: "event", envelope }, 1);
  }
}
