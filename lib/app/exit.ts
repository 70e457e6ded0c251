import { WorldError } from "../core/errors.ts";
import type { ExitReport, World } from "../core/ports.ts";
import type { Machine } from "../core/run/machine.ts";
import type { Run } from "../core/run/run.ts";
import type { ForgeWord } from "../core/run/verdict.ts";
import { apply } from "./apply.ts";
import type { Caller } from "./claim.ts";
import { retryAt, tellOfRoom } from "./launch.ts";
import { removeRegistration } from "./registration.ts";

export type ExitAnswer =
  | { readonly status: 204 }
  | { readonly status: 409; readonly body: { readonly error: string; readonly text: string } };

/** A machine says that it ends. A hint about the job, the truth about the machine. */
export async function exit(world: World, caller: Caller, report: ExitReport): Promise<ExitAnswer> {
  const machine = await world.machineRecords.get(caller.instanceId);
  // A machine that never claimed has nothing bound to it; the sweep gives its run another one.
  if (!machine) return { status: 204 };
  if (machine.bootId !== report.bootId) {
    return { status: 409, body: { error: "other-boot", text: "this report is of another boot of the machine" } };
  }
  await machineEnded(world, machine, report);
  return { status: 204 };
}

type Ending = Omit<ExitReport, "bootId">;

/**
 * Writes a machine's end down, then tells the runs that sat on it.
 *
 * @param seated a run that counts on this machine, as its own row says: the machine's record may name another one
 */
export async function machineEnded(world: World, machine: Machine, ending: Ending, seated?: string): Promise<void> {
  const { cause, code } = ending;
  const at = world.clock.now();
  if (machine.endedAt === undefined) {
    const ended: Machine = { ...machine, endedAt: at, exit: { cause, code } };
    if ((await world.machineRecords.save(ended, machine.version)) === "stale") {
      const current = await world.machineRecords.get(machine.instanceId);
      if (current) return machineEnded(world, current, ending, seated);
    }
    world.log.info("machine ended", { instanceId: machine.instanceId, runKey: machine.runKey, cause, code });
  }
  for (const key of new Set([machine.servesKey, machine.runKey, seated])) {
    if (key !== undefined) await tellEnd(world, machine, key, ending);
  }
  await tellOfRoom(world, machine.profile);
  // An ephemeral runner that took no job is never removed by its forge.
  if (machine.servesKey === undefined || cause !== "job-done") await letGo(world, machine);
}

/** GitHub keeps a runner whose job it takes for running: that holds up no machine's report, the sweep removes it later. */
async function letGo(world: World, machine: Machine): Promise<void> {
  try {
    await removeRegistration(world, machine);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const { instanceId, runnerName: runner } = machine;
    world.log.warn("registration not removed yet", { instanceId, runner, error: error.message });
  }
}

async function tellEnd(world: World, machine: Machine, key: string, ending: Ending): Promise<void> {
  const { cause, conclusion, outputs } = ending;
  const at = world.clock.now();
  const run = await world.runs.get(key);
  if (!run) return;
  const forge = await wordOf(world, run);
  await apply(world, key, (current) => ({
    kind: "machine-ended",
    at,
    instanceId: machine.instanceId,
    cause,
    forge,
    retryAt: retryAt(world, current, at),
    ...(conclusion ? { conclusion } : {}),
    ...(outputs ? { outputs } : {}),
  }));
}

/** The forge's present word on a run's job; silent where it has none for us. */
export async function wordOf(world: World, run: Run): Promise<ForgeWord> {
  const demand = world.forge(run.forge)?.demand;
  if (!demand || run.forgeJobId === undefined) return { kind: "silent" };
  const job = await demand.job({ id: run.repoId, name: run.repo }, run.forgeJobId);
  if (job === "gone" || job === "silent") return { kind: job };
  // The forge speaks of the newest try: of an older one it can only say that it is over.
  if (run.forgeTry !== undefined && job.try > run.forgeTry) return { kind: "completed", conclusion: "cancelled" };
  if (job.status !== "completed") return { kind: job.status };
  return { kind: "completed", conclusion: job.conclusion ?? "cancelled" };
}
