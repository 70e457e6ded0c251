import type { Deploy, Environment, Observed } from "../core/deploy/deploy.ts";
import { isOver } from "../core/deploy/deploy.ts";
import type { DeployWorld } from "../core/deploy/deploy-ports.ts";
import type { Release } from "../core/deploy/deploy-request.ts";
import { type Asker, type EnvironmentRule, permit, ruleOf } from "../core/deploy/policy.ts";
import { newEnvironment } from "./deploy-change.ts";

/** One environment as people see it: what is wanted, what was seen, what is being done, and whether the first two agree. */
export interface EnvironmentView {
  readonly app: string;
  readonly env: string;
  readonly desired?: Environment["desired"];
  /** In the order of dayfly.yaml; targets that nobody has seen yet are there without `observed`. */
  readonly targets: readonly TargetView[];
  readonly operation?: Pick<Deploy, "id" | "status" | "op" | "release" | "nextAction" | "by">;
  /** Deploys that wait for an approval. */
  readonly waiting: readonly Pick<Deploy, "id" | "release" | "by">[];
}

export interface TargetView {
  readonly name: string;
  readonly observed?: Observed;
  /**
   * same: it runs what is desired, verified · differs: it does not · unknown: nobody has seen it, or nothing is desired.
   */
  readonly state: "same" | "differs" | "unknown";
}

export async function readEnvironment(
  world: DeployWorld,
  rule: EnvironmentRule,
  env: string,
): Promise<EnvironmentView> {
  const stored = (await world.environments.get(rule.app, env)) ?? newEnvironment(rule.app, env);
  return viewOf(world, stored, rule.targets);
}

/** All environments that are configured by name, or were ever asked for, and that this asker may read. */
export async function readEnvironments(world: DeployWorld, asker: Asker): Promise<readonly EnvironmentView[]> {
  const stored = await world.environments.list();
  const views: EnvironmentView[] = [];
  for (const { app, env } of placesOf(world, stored)) {
    const permission = permit(asker, { act: "read", app, env }, world.rules, world.clock.now());
    if (permission.kind === "allowed") views.push(await readEnvironment(world, permission.rule, env));
  }
  return views;
}

function placesOf(world: DeployWorld, stored: readonly Environment[]): readonly { app: string; env: string }[] {
  const named = world.rules.filter(({ name }) => !name.endsWith("*")).map(({ app, name }) => ({ app, env: name }));
  const more = stored.filter(({ app, env }) => !named.some((place) => place.app === app && place.env === env));
  return [...named, ...more.filter(({ app, env }) => ruleOf(world.rules, app, env) !== undefined)];
}

async function viewOf(world: DeployWorld, stored: Environment, names: readonly string[]): Promise<EnvironmentView> {
  const { app, env, desired, observed, operation } = stored;
  const deploy = operation === undefined ? undefined : await world.deploys.get(operation);
  const recent = await world.deploys.list({ app, env, limit: 20 });
  return {
    app,
    env,
    ...(desired ? { desired } : {}),
    targets: names.map((name) => targetView(name, observed[name], desired?.release)),
    ...(deploy && !isOver(deploy) ? { operation: summaryOf(deploy) } : {}),
    waiting: recent.filter(({ status }) => status === "waiting").map(({ id, release, by }) => ({ id, release, by })),
  };
}

function summaryOf({ id, status, op, release, nextAction, by }: Deploy): EnvironmentView["operation"] {
  return { id, status, op, release, nextAction, by };
}

function targetView(name: string, observed: Observed | undefined, desired: Release | undefined): TargetView {
  if (!observed) return { name, state: "unknown" };
  if (!desired) return { name, observed, state: "unknown" };
  return { name, observed, state: runs(observed, desired) ? "same" : "differs" };
}

function runs({ condition, release }: Observed, desired: Release): boolean {
  if (condition !== "verified" || !release) return false;
  if (desired.digest !== undefined && release.digest !== desired.digest) return false;
  return desired.commit === undefined ? release.tag === desired.tag : release.commit === desired.commit;
}
