import { decideDeploy } from "../../core/deploy/decide-deploy.ts";
import type { Deploy, Desired, Environment } from "../../core/deploy/deploy.ts";
import type { ApproveBody, DeployBody } from "../../core/deploy/deploy-calls.ts";
import { endDeploy } from "../../core/deploy/deploy-change.ts";
import type { DeployWorld } from "../../core/deploy/deploy-ports.ts";
import type { Release } from "../../core/deploy/deploy-request.ts";
import { type Asker, type EnvironmentRule, type Permission, permit, type Refusal } from "../../core/deploy/policy.ts";
import { WorldError } from "../../core/errors.ts";
import type { Instant } from "../../core/event.ts";
import { refusalWithoutBundle } from "./deploy-bundle.ts";
import { newEnvironment, wakeSoon } from "./deploy-change.ts";
import { type CommitPlace, commitPlace, olderThanDesired, refusalWithoutCommit } from "./deploy-order.ts";
import { formerRelease } from "./former-release.ts";

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
  const { rule, by } = permission;
  const former = op === "rollback" && wanted && (await formerRelease(world, asker, body, wanted));
  if (former && "kind" in former) return logRefusal(world, former, body);
  const allowed = former ? { ...permission, release: former } : permission;
  // A rollback goes to what was live, and so approved, once; an administrator's own wish is its approval.
  const needsApproval = rule.approval && op === "deploy" && asker.kind !== "administrator";
  const place = op === "deploy" ? commitPlace(world, asker, rule) : undefined;
  const unbound = needsApproval ? refusalWithoutCommit(allowed.release) : undefined;
  const missing = unbound ?? (op === "deploy" ? await refusalWithoutBundle(world, app, allowed.release) : undefined);
  if (missing) return logRefusal(world, missing, body);
  if (body.dryRun) return planOf(world, body, allowed, needsApproval, place);
  const deploy = newDeploy(world.random.hex(32), body, allowed, at);
  if (needsApproval) return ask(world, deploy, place);
  return desire(world, deploy, place, rule.approval ? by : undefined);
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
  return desire(world, deploy, commitPlace(world, asker, permission.rule), permission.by);
}

/**
 * Stores the wish as desired under the next fence, together with its deploy; as superseded where a newer commit is desired.
 * That is asked anew whenever somebody else was faster: two builds that end at once are in order however they race.
 */
async function desire(
  world: DeployWorld,
  deploy: Deploy,
  place: CommitPlace | undefined,
  approvedBy: string | undefined,
): Promise<DeployAnswer> {
  const { app, env, id, op, release, by, version } = deploy;
  for (let race = 0; race < RACES; race++) {
    const known = await world.environments.get(app, env);
    const older = release && (await olderThanDesired(place, known, release));
    if (older?.kind === "refused") return older;
    const at = world.clock.now();
    if (older) return store(world, endDeploy(deploy, at, "superseded", { code: "older", text: older.text }));
    const environment: Environment = known ?? newEnvironment(app, env);
    const fence = environment.fence + 1;
    const desired: Desired = { deployId: id, op, ...(release ? { release } : {}), fence, by, at };
    const pending = decideDeploy(deploy, { kind: "desired", at, fence, ...(approvedBy ? { approvedBy } : {}) });
    const expected = { environment: environment.version, deploy: version };
    if ((await world.environments.desire({ ...environment, fence, desired }, pending, expected)) === "stored") {
      world.log.info("deploy desired", { deployId: id, app, env, tag: release?.tag, fence, by });
      await wakeSoon(world, id, 0);
      return { kind: "accepted", deploy: pending };
    }
    const now = await world.deploys.get(id);
    if ((now?.version ?? 0) !== version) return answerOfRace(deploy, now);
  }
  throw new WorldError(`${app}/${env} changed ${RACES} times while a wish was being stored`, { retryable: true });
}

/** Our own write whose answer was lost, or somebody else's approval. */
function answerOfRace({ id, version }: Deploy, now: Deploy | undefined): DeployAnswer {
  if (version === 0 && now) return { kind: "accepted", deploy: now };
  return { kind: "conflict", code: "not-waiting", text: `deploy ${id} is ${now?.status ?? "gone"} by now` };
}

/** An older commit needs nobody's approval: it is superseded at once. */
async function ask(world: DeployWorld, deploy: Deploy, place: CommitPlace | undefined): Promise<DeployAnswer> {
  const { app, env, release } = deploy;
  const older = release && (await olderThanDesired(place, await world.environments.get(app, env), release));
  if (older?.kind === "refused") return older;
  if (!older) return store(world, deploy);
  const reason = { code: "older", text: older.text };
  return store(world, endDeploy(deploy, world.clock.now(), "superseded", reason));
}

async function store(world: DeployWorld, deploy: Deploy): Promise<DeployAnswer> {
  if ((await world.deploys.save(deploy, deploy.version)) === "stale")
    return { kind: "conflict", code: "not-waiting", text: `deploy ${deploy.id} was changed meanwhile` };
  return { kind: "accepted", deploy };
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
    history: [{ version: 1, at, text }],
    version: 0,
    status: "waiting",
    nextAction: "wait for an approval",
    dueAt: at + APPROVAL_MS,
  };
}

async function planOf(
  world: DeployWorld,
  { app, env, op }: DeployBody,
  { rule, release }: { readonly rule: EnvironmentRule; readonly release?: Release },
  needsApproval: boolean,
  place: CommitPlace | undefined,
): Promise<DeployAnswer> {
  const environment = await world.environments.get(app, env);
  const older = release && (await olderThanDesired(place, environment, release));
  if (older?.kind === "refused") return older;
  const targets = rule.targets.map((name) => {
    const now = environment?.observed[name]?.release;
    return now ? { name, now } : { name };
  });
  const plan = {
    ...{ app, env, op, needsApproval, targets },
    ...(release ? { release } : {}),
    ...(older ? { superseded: older.text } : {}),
  };
  return { kind: "planned", plan };
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
