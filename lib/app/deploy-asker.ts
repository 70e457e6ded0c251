import type { DeployWorld } from "../core/deploy-ports.ts";
import { WorldError } from "../core/errors.ts";
import { hashOf } from "../core/hash.ts";
import type { Machine } from "../core/machine.ts";
import type { Asker } from "../core/policy.ts";
import type { AssignedJob } from "../core/ports.ts";

/** Who a bearer token speaks for. A machine's token names a machine, never a run: the forge says which job that one has now. */
export async function askerOf(world: DeployWorld, bearer: string | undefined): Promise<Asker> {
  if (bearer === undefined) return { kind: "nobody" };
  const hash = hashOf([bearer]);
  const machine = await world.machineRecords.byToken(hash);
  if (machine) return { kind: "machine", machine, job: await jobOf(world, machine) };
  const token = await world.tokens.byHash(hash);
  return token ? { kind: "token", token } : { kind: "nobody" };
}

async function jobOf(world: DeployWorld, machine: Machine): Promise<AssignedJob | "none" | "silent" | "unanswered"> {
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
async function ownJob(world: DeployWorld, machine: Machine): Promise<AssignedJob | "none"> {
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
