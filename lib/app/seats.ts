import type { World } from "../core/ports.ts";
import type { Launch } from "../core/run/launch.ts";
import type { Run } from "../core/run/run.ts";
import { instanceOf } from "../core/run/run-seat.ts";

/**
 * Runs that a machine of this launch may claim, read strongly: those it was launched for, those that took over
 * a place of the launch, and, when all of these have a machine, any queued run that its labels fit.
 */
export async function* claimableRuns(world: World, launch: Launch): AsyncGenerator<Run> {
  const offered = new Set<string>();
  for (const key of launch.runKeys) {
    offered.add(key);
    const run = await world.runs.get(key);
    if (run && waitsFor(run, launch)) yield run;
  }
  const open = (await world.runs.open(launch.scope)).filter(({ key }) => !offered.has(key));
  for (const hint of [...open.filter((run) => waitsFor(run, launch)), ...open.filter((run) => mayTake(run, launch))]) {
    const run = await world.runs.get(hint.key);
    if (run && (waitsFor(run, launch) || mayTake(run, launch))) yield run;
  }
}

/** Does any run still count on a machine of this launch? */
export async function isWanted(world: World, launch: Launch): Promise<boolean> {
  for await (const run of claimableRuns(world, launch)) if (waitsFor(run, launch)) return true;
  return false;
}

function waitsFor(run: Run, launch: Launch): boolean {
  const seated = run.status === "launching" || run.status === "booting";
  return seated && run.launchId === launch.id && instanceOf(run) === undefined;
}

function mayTake(run: Run, launch: Launch): boolean {
  return run.status === "queued" && run.profile === launch.profile;
}
