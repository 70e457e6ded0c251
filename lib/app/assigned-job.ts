import type { MachineJob } from "../core/deploy/policy.ts";
import { WorldError } from "../core/errors.ts";
import type { AssignedJob } from "../core/forge.ts";
import type { World } from "../core/ports.ts";
import type { Machine } from "../core/run/machine.ts";

type AskedWorld = Pick<World, "runs" | "forge">;

/** Which job a machine has now, in the forge's own word. */
export async function assignedJob(world: AskedWorld, machine: Machine): Promise<MachineJob> {
  if (machine.serves === "its-run") return ownJob(world, machine);
  const assignments = world.forge(machine.forge)?.assignments;
  if (!assignments) return "silent";
  const served = machine.servesKey === undefined ? undefined : await world.runs.get(machine.servesKey);
  try {
    return await assignments.ofRunner(
      { id: machine.repoId, name: machine.repo },
      {
        name: machine.runnerName,
        ...(machine.runnerId === undefined ? {} : { id: machine.runnerId }),
        ...(served?.forgeJobId === undefined ? {} : { jobId: served.forgeJobId }),
      },
    );
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return "unanswered";
  }
}

/** The built-in runner serves exactly the run that it claimed, and for that job we are the forge. */
async function ownJob(world: AskedWorld, machine: Machine): Promise<AssignedJob | "none"> {
  const run = await world.runs.get(machine.runKey);
  if (run?.status !== "running" || run.instanceId !== machine.instanceId) return "none";
  return {
    repo: { id: run.repoId, name: run.repo },
    jobId: run.key,
    jobName: run.jobName,
    runnerName: machine.runnerName,
    event: run.event,
    ref: run.ref,
    headSha: run.sha,
    fork: false,
  };
}
