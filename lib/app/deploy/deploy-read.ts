import type { Environment } from "../../core/deploy/deploy.ts";
import type { DeployStore, DeployWorld } from "../../core/deploy/deploy-ports.ts";
import { type EnvironmentView, environmentView } from "../../core/deploy/environment-view.ts";
import { type Asker, type EnvironmentRule, permit, ruleOf } from "../../core/deploy/policy.ts";
import { newEnvironment } from "./deploy-change.ts";

type ReadWorld = Pick<DeployStore, "environments" | "deploys"> & Pick<DeployWorld, "rules">;

const RECENT = 20;

export async function readEnvironment(
  world: Pick<DeployStore, "environments" | "deploys">,
  { app, targets }: EnvironmentRule,
  env: string,
): Promise<EnvironmentView> {
  const stored = (await world.environments.get(app, env)) ?? newEnvironment(app, env);
  const operation = stored.operation === undefined ? undefined : await world.deploys.get(stored.operation);
  return environmentView(stored, targets, operation, await world.deploys.list({ app, env, limit: RECENT }));
}

/** All environments that dayfly.yaml names, and those that were ever asked for and that it still has. */
export async function readEnvironments(world: ReadWorld): Promise<readonly EnvironmentView[]> {
  const views: EnvironmentView[] = [];
  for (const { app, env } of placesOf(world.rules, await world.environments.list())) {
    const rule = ruleOf(world.rules, app, env);
    if (rule) views.push(await readEnvironment(world, rule, env));
  }
  return views;
}

/** Those of them that this asker may read. */
export async function readableEnvironments(world: DeployWorld, asker: Asker): Promise<readonly EnvironmentView[]> {
  const at = world.clock.now();
  const may = ({ app, env }: EnvironmentView) => permit(asker, { act: "read", app, env }, world.rules, at);
  return (await readEnvironments(world)).filter((view) => may(view).kind === "allowed");
}

function placesOf(
  rules: readonly EnvironmentRule[],
  stored: readonly Environment[],
): readonly { app: string; env: string }[] {
  const named = rules.filter(({ name }) => !name.endsWith("*")).map(({ app, name }) => ({ app, env: name }));
  const more = stored.filter(({ app, env }) => !named.some((place) => place.app === app && place.env === env));
  return [...named, ...more];
}
