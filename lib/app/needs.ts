import type { NeedResult } from "../core/forge.ts";
import { needResults } from "../core/plan/need-results.ts";
import type { World } from "../core/ports.ts";
import { isEnded, type Run } from "../core/run/run.ts";

export type NeedState =
  | { readonly kind: "open"; readonly job: string }
  | { readonly kind: "met" }
  | { readonly kind: "failed"; readonly job: string; readonly result: string };

/** How the runs that this one needs stand, read strongly. One that is open decides before one that failed: nothing ends early. */
export async function needState(world: World, run: Run): Promise<NeedState> {
  const needed = await neededRuns(world, run);
  const open = needed.find((need) => !isEnded(need));
  if (open) return { kind: "open", job: open.jobName };
  const failed = Object.entries(needResults(run, needed)).find(([, { result }]) => result !== "success");
  return failed ? { kind: "failed", job: failed[0], result: failed[1].result } : { kind: "met" };
}

/** The `needs` context that a run's job is given. */
export async function needsOf(world: World, run: Run): Promise<Readonly<Record<string, NeedResult>>> {
  return needResults(run, await neededRuns(world, run));
}

async function neededRuns(world: World, run: Run): Promise<readonly Run[]> {
  const needed = await Promise.all(run.needs.map(({ key }) => world.runs.get(key)));
  return needed.filter((need) => need !== undefined);
}
