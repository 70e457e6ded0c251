import { type Deploy, type Environment, isOver, type Observed } from "./deploy.ts";
import type { Release } from "./deploy-request.ts";

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

/** @param recent its latest deploys; whichever waits for an approval is shown */
export function environmentView(
  stored: Environment,
  targets: readonly string[],
  operation: Deploy | undefined,
  recent: readonly Deploy[],
): EnvironmentView {
  const { app, env, desired, observed } = stored;
  const wish = recent.find(({ id }) => id === desired?.deployId);
  return {
    app,
    env,
    ...(desired ? { desired } : {}),
    targets: targets.map((name) => targetView(name, observed[name], desired, wish)),
    ...(operation && !isOver(operation) ? { operation: summaryOf(operation) } : {}),
    waiting: recent.filter(({ status }) => status === "waiting").map(({ id, release, by }) => ({ id, release, by })),
  };
}

function summaryOf({ id, status, op, release, nextAction, by }: Deploy): EnvironmentView["operation"] {
  return { id, status, op, release, nextAction, by };
}

/** A rollback to whatever came before names no release: that it succeeded, and that all is well since, is what can be said. */
function targetView(
  name: string,
  observed: Observed | undefined,
  desired: Environment["desired"],
  wish: Deploy | undefined,
): TargetView {
  if (!observed) return { name, state: "unknown" };
  if (!desired) return { name, observed, state: "unknown" };
  const { release } = desired;
  const same = release ? runs(observed, release) : wish?.status === "deployed" && observed.condition === "verified";
  return { name, observed, state: same ? "same" : "differs" };
}

function runs({ condition, release }: Observed, desired: Release): boolean {
  if (condition !== "verified" || !release) return false;
  if (desired.digest !== undefined && release.digest !== desired.digest) return false;
  return desired.commit === undefined ? release.tag === desired.tag : release.commit === desired.commit;
}
