import type { Envelope, Instant } from "../core/event.ts";
import type { Forge } from "../core/forge.ts";
import type { World } from "../core/ports.ts";
import type { Run } from "../core/run/run.ts";
import { apply } from "./apply.ts";
import { takeEvent } from "./dispatch.ts";
import { takeJob } from "./job-event.ts";

/**
 * Jobs as a forge lists them, for a world that hears nothing of them: what waits and what runs on our machines is taken as an event;
 * what is open here and not listed there is asked for by name.
 */
export async function takeListed(world: World, envelope: Envelope): Promise<number> {
  if (await isForeign(world, envelope)) return 0;
  await takeEvent(world, envelope);
  return 1;
}

/** Runs on a runner that is none of ours. */
async function isForeign(world: World, { forge, job }: Envelope): Promise<boolean> {
  if (job?.status !== "in_progress") return false;
  return job.runnerName === undefined || (await world.machineRecords.byRunner(forge, job.runnerName)) === undefined;
}

const listedStatuses: readonly Run["status"][] = ["queued", "launching", "booting", "running"];

/** Open runs whose jobs should be listed and are not. Lists are read page by page, so this proves nothing. */
export async function leftOut(
  world: World,
  name: string,
  forge: Forge,
  listed: readonly Envelope[],
  since: Instant,
): Promise<readonly Run[]> {
  if (!forge.demand.listsBegun) return [];
  const ids = new Set(listed.map(({ job }) => job?.id));
  const open = await world.runs.open();
  return open.filter(
    (run) =>
      run.forge === name &&
      listedStatuses.includes(run.status) &&
      run.createdAt < since &&
      run.forgeJobId !== undefined &&
      !ids.has(run.forgeJobId),
  );
}

/** @returns 1 where the forge says that the run's job is over */
export async function askWhetherOver(world: World, run: Run): Promise<number> {
  const { forge, repoId: id, repo: name, forgeJobId = "", forgeTry = 1 } = run;
  const at = world.clock.now();
  const job = (await world.forge(forge)?.demand.job({ id, name }, forgeJobId)) ?? "silent";
  if (job === "silent") return 0;
  if (job === "gone" || job.try > forgeTry) {
    await apply(world, run.key, () => ({ kind: "ended-at-forge", at, conclusion: "cancelled" }));
    return 1;
  }
  if (job.status !== "completed") return 0;
  await takeJob(world, run, job);
  return 1;
}
