import type { World } from "../core/ports.ts";
import type { Machine } from "../core/run/machine.ts";
import { scopeOf } from "../core/scope.ts";

/**
 * Our runners' registrations at a forge. A forge removes an ephemeral one after its job; one that never had a job stays for ever
 * unless we remove it.
 */

/** A machine's runners are told by their names: the instance id, then how often it has registered. */
export function runnerNameOf(instanceId: string): string {
  return `dayfly-${instanceId}-1`;
}

export function nextRunnerName(runnerName: string): string {
  const [, stem = runnerName, count = "0"] = ourName.exec(runnerName) ?? [];
  return `dayfly-${stem}-${Number(count) + 1}`;
}

const ourName = /^dayfly-(.+)-(\d+)$/;

export async function removeRegistration(world: World, machine: Machine): Promise<void> {
  if (machine.runnerId === undefined) return;
  await world.forge(machine.forge)?.enrolment.remove(machine.scope, machine.runnerId);
}

/**
 * Removes registrations of ours in a repository whose machine is no more: an answer that came too late, a machine that died before its job.
 * Never one of somebody else, never one that is busy.
 *
 * @returns how many were removed
 */
export async function removeStale(
  world: World,
  repository: { forge: string; id: string; name: string },
): Promise<number> {
  const enrolment = world.forge(repository.forge)?.enrolment;
  if (!enrolment) return 0;
  const scope = scopeOf(repository.forge, repository);
  let removed = 0;
  for (const { id, name, busy } of await enrolment.runners(scope)) {
    const instanceId = ourName.exec(name)?.[1];
    if (instanceId === undefined || busy || !(await isOver(world, instanceId, name))) continue;
    await enrolment.remove(scope, id);
    world.log.info("stale registration removed", { forge: repository.forge, repo: repository.name, runner: name });
    removed++;
  }
  return removed;
}

async function isOver(world: World, instanceId: string, name: string): Promise<boolean> {
  const machine = await world.machineRecords.get(instanceId);
  return machine !== undefined && (machine.endedAt !== undefined || machine.runnerName !== name);
}
