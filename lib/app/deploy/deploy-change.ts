import { decideDeploy } from "../../core/deploy/decide-deploy.ts";
import type { Deploy, Environment } from "../../core/deploy/deploy.ts";
import type { DeployEvent } from "../../core/deploy/deploy-event.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import { observe } from "../../core/deploy/observe.ts";
import type { TargetReport } from "../../core/deploy/target-report.ts";
import { WorldError } from "../../core/errors.ts";

const RACES = 5;

/**
 * Feed one event to the deploy as it was read. Somebody else's write in between wins: they have read it later.
 *
 * @returns the deploy as it is now stored, or undefined where somebody else was faster
 */
export async function changeDeploy(
  world: DeployWorld,
  deploy: Deploy,
  event: DeployEvent,
): Promise<Deploy | undefined> {
  const next = decideDeploy(deploy, event);
  if (next === deploy) return deploy;
  if ((await world.deploys.save(next, deploy.version)) === "stale") return undefined;
  const { id: deployId, app, env, status, reason } = next;
  if (status !== deploy.status) world.log.info("deploy moved", { deployId, app, env, status, reason: reason.code });
  return { ...next, version: deploy.version + 1 };
}

/** Change an environment as it really is stored. `change` returns the same object, or undefined, where there is nothing to do. */
export async function changeEnvironment(
  world: DeployWorld,
  app: string,
  env: string,
  change: (environment: Environment) => Environment | undefined,
): Promise<Environment> {
  for (let race = 0; race < RACES; race++) {
    const stored = (await world.environments.get(app, env)) ?? newEnvironment(app, env);
    const next = change(stored);
    if (!next || next === stored) return stored;
    if ((await world.environments.save(next, stored.version)) === "stored")
      return { ...next, version: stored.version + 1 };
  }
  throw new WorldError(`${app}/${env} changed ${RACES} times while it was being written`, { retryable: true });
}

export function newEnvironment(app: string, env: string): Environment {
  return { app, env, fence: 0, observed: {}, inspections: {}, version: 0 };
}

/** Write down what a target has said of itself. Saying it twice changes nothing. */
export async function writeObserved(
  world: DeployWorld,
  place: { readonly app: string; readonly env: string },
  target: string,
  report: TargetReport,
): Promise<void> {
  await changeEnvironment(world, place.app, place.env, (environment) => observe(environment, target, report));
}

/** A hint, and no more: where it cannot be given, the sweep comes. */
export async function wakeSoon({ wakes, log }: DeployWorld, id: string, afterSeconds: number): Promise<void> {
  try {
    await wakes.wake(id, afterSeconds);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    log.warn("a wake-up was lost", { deployId: id, error: error.message });
  }
}
