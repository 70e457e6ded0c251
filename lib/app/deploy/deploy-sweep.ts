import { isOver } from "../../core/deploy/deploy.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import { ruleOf } from "../../core/deploy/policy.ts";
import { WorldError } from "../../core/errors.ts";
import { advanceDeploy } from "./deploy-advance.ts";
import { lookAtTarget } from "./deploy-inspect.ts";

const AT_MOST = 50;

/**
 * The levels behind all hints: deploys that are due go on, environments whose operation has ended are free again, and targets of which
 * nobody has heard lately are looked at. Each item alone: one that fails stops no other.
 */
export async function sweepDeploys(world: DeployWorld): Promise<void> {
  for (const id of await world.deploys.due(world.clock.now(), AT_MOST))
    await each(world, { deployId: id }, () => advanceDeploy(world, id));
  for (const { app, env, operation } of await world.environments.list()) {
    if (operation !== undefined) await each(world, { deployId: operation }, () => freeIfOver(world, operation));
    for (const target of ruleOf(world.rules, app, env)?.targets ?? [])
      await each(world, { app, env, target }, () => lookAtTarget(world, { app, env }, target));
  }
}

/** Whoever ended it may have died before it freed its environment. */
async function freeIfOver(world: DeployWorld, operation: string): Promise<void> {
  const deploy = await world.deploys.get(operation);
  if (deploy && isOver(deploy)) await advanceDeploy(world, operation);
}

async function each(
  { log }: DeployWorld,
  facts: Readonly<Record<string, string>>,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    log.warn("left for the next sweep", { ...facts, error: error.message });
  }
}
