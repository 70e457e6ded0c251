import { decideDeploy } from "../core/decide-deploy.ts";
import type { Deploy, Desired, Environment } from "../core/deploy.ts";
import type { ApproveBody, DeployBody } from "../core/deploy-calls.ts";
import { endDeploy } from "../core/deploy-change.ts";
import type { DeployWorld } from "../core/deploy-ports.ts";
import type { Release } from "../core/deploy-request.ts";
import { WorldError } from "../core/errors.ts";
import type { Instant } from "../core/event.ts";
import { type Asker, type EnvironmentRule, type Permission, permit, type Refusal } from "../core/policy.ts";
import { newEnvironment } from "./deploy-change.ts";
import { olderThanDesired } from "./deploy-order.ts";

const RACES = 5;
/** An approval that nobody gave in a day is not wanted any more. */
const APPROVAL_MS = 24 * 3_600_000;

export type DeployAnswer =
  | { readonly kind: "accepted"; readonly deploy: Deploy }
  /** What would be done: nothing was stored. */
  | { readonly kind: "planned"; readonly plan: DeployPlan }
  | Refusal
  | { readonly kind: "conflict"; readonly code: string; readonly text: string };

export interface DeployPlan {
  readonly app: string;
  readonly env: string;
  readonly op: "deploy" | "rollback";
  readonly release?: Release;
  readonly needsApproval: boolean;
  readonly targets: readonly { readonly name: string; readonly now?: Partial<Release> }[];
  /** Why it would be superseded at once, where it would. */
  readonly superseded?: string;
}

/**
 * Somebody wants a release live. The wish is stored as desired first and carried out afterwards: a crash in between is healed
 * by whoever looks at it next. Nothing is stored of a wish that is refused.
 */
export async function requestDeploy(world: DeployWorld, asker: Asker, body: DeployBody): Promise<DeployAnswer> {
  const { op, app, env } = body;
  const wanted = releaseOf(body);
  const at = world.clock.now();
  const permission = permit(asker, { act: op, app, env, ...(wanted ? { release: wanted } : {}) }, world.rules, at);
  if (permission.kind === "refused") return logRefusal(world, permission, body);
  const { rule, release } = permission;
  const older = op === "deploy" && release ? await olderThanDesired(world, asker, rule, env, release) : undefined;
  if (older?.kind === "refused") return older;
  // A rollback goes to what was approved once; an administrator's own wish is its approval.
  const needsApproval = rule.approval && op === "deploy" && asker.kind !== "administrator";
  if (body.dryRun) return { kind: "planned", plan: await planOf(world, body, permission, needsApproval, older?.text) };

  const deploy = newDeploy(world.random.hex(32), body, permission, at);
  if (older) return createOnly(world, endDeploy(deploy, at, "superseded", { code: "older", text: older.text }));
  if (needsApproval) return createOnly(world, deploy);
  return desire(world, deploy, 0, rule.approval ? permission.by : undefined);
}

/**
 * A person approves a waiting deploy: that commit, and that digest where one is known. Naming another one is a conflict.
 */
export async function approveDeploy(
  world: DeployWorld,
  asker: Asker,
  id: string,
  seen: ApproveBody,
): Promise<DeployAnswer | { readonly kind: "unknown" }> {
  const deploy = await world.deploys.get(id);
  if (!deploy) return { kind: "unknown" };
  const { app, env, release } = deploy;
  const permission = permit(asker, { act: "approve", app, env }, world.rules, world.clock.now());
  if (permission.kind === "refused") return permission;
  if (deploy.status !== "waiting")
    return { kind: "conflict", code: "not-waiting", text: `deploy ${id} is ${deploy.status}` };
  if (seen.commit !== release?.commit || (release?.digest !== undefined && seen.digest !== release.digest))
    return { kind: "conflict", code: "another-release", text: `deploy ${id} is for ${nameOf(release)}` };
  const older = release && (await olderThanDesired(world, asker, permission.rule, env, release));
  if (older) return { kind: "conflict", code: "older", text: older.kind === "older" ? older.text : older.reason.text };
  return desire(world, deploy, deploy.version, permission.by);
}

/** Stores the wish as desired under the next fence, together with its deploy. `version` is the deploy's as stored; 0: it is new. */
async function desire(
  world: DeployWorld,
  deploy: Deploy,
  version: number,
  approvedBy: string | undefined,
): Promise<DeployAnswer> {
  const { app, env, id, op, release, by } = deploy;
  for (let race = 0; race < RACES; race++) {
    const at = world.clock.now();
    const environment: Environment = (await world.environments.get(app, env)) ?? newEnvironment(app, env);
    const fence = environment.fence + 1;
    const desired: Desired = { deployId: id, op, ...(release ? { release } : {}), fence, by, at };
    const pending = decideDeploy(deploy, { kind: "desired", at, fence, ...(approvedBy ? { approvedBy } : {}) });
    const expected = { environment: environment.version, deploy: version };
    if ((await world.environments.desire({ ...environment, fence, desired }, pending, expected)) === "stored") {
      world.log.info("deploy desired", { deployId: id, app, env, tag: release?.tag, fence, by });
      await world.wakes.wake(id, 0);
      return { kind: "accepted", deploy: pending };
    }
    const now = version > 0 ? await world.deploys.get(id) : undefined;
    if (now && now.version !== version)
      return { kind: "conflict", code: "not-waiting", text: `deploy ${id} is ${now.status} by now` };
  }
  throw new WorldError(`${app}/${env} changed ${RACES} times while a wish was being stored`, { retryable: true });
}

function newDeploy(
  id: string,
  { app, env, op, force }: DeployBody,
  { rule, by, release }: Extract<Permission, { kind: "allowed" }>,
  at: Instant,
): Deploy {
  const text = `asked by ${by}`;
  return {
    id,
    app,
    env,
    op,
    ...(release ? { release } : {}),
    force,
    fence: 0,
    steps: rule.targets.map((target) => ({ target, state: "idle" })),
    by,
    createdAt: at,
    deadline: at + APPROVAL_MS,
    reason: { code: "asked", text },
    history: [{ at, text }],
    version: 1,
    status: "waiting",
    nextAction: "wait for an approval",
    dueAt: at + APPROVAL_MS,
  };
}

async function createOnly(world: DeployWorld, deploy: Deploy): Promise<DeployAnswer> {
  await world.deploys.create(deploy);
  return { kind: "accepted", deploy };
}

async function planOf(
  world: DeployWorld,
  { app, env, op }: DeployBody,
  { rule, release }: { readonly rule: EnvironmentRule; readonly release?: Release },
  needsApproval: boolean,
  superseded: string | undefined,
): Promise<DeployPlan> {
  const observed = (await world.environments.get(app, env))?.observed ?? {};
  const targets = rule.targets.map((name) => {
    const now = observed[name]?.release;
    return now ? { name, now } : { name };
  });
  return {
    app,
    env,
    op,
    ...(release ? { release } : {}),
    needsApproval,
    targets,
    ...(superseded ? { superseded } : {}),
  };
}

function releaseOf({ tag, digest, commit }: DeployBody): Release | undefined {
  return tag === undefined ? undefined : { tag, ...(digest ? { digest } : {}), ...(commit ? { commit } : {}) };
}

function nameOf(release: Release | undefined): string {
  return [release?.tag, release?.commit, release?.digest].filter((word) => word !== undefined).join(" ");
}

function logRefusal(world: DeployWorld, refusal: Refusal, { app, env }: DeployBody): Refusal {
  world.log.warn("deploy refused", { app, env, status: refusal.status, reason: refusal.reason.code });
  return refusal;
}
