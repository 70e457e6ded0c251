import type { Bundle } from "../../lib/core/deploy/bundle.ts";
import { type Deploy, type Environment, isOver, type StepReport } from "../../lib/core/deploy/deploy.ts";
import type { Deploys, DeployWorld, Environments } from "../../lib/core/deploy/deploy-ports.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { MemoryDeployWorld } from "../world/deploy-world.ts";
import type { MemoryTarget } from "../world/memory-target.ts";

/** A deploy ends at its deadline; whoever sees that may come a little later. */
const LATE_MS = 15 * 60_000;

/** What must hold of deploys at every moment, and what must hold in the end. */
export interface DeployChecker {
  /** The world, with an eye on every write. */
  readonly watched: DeployWorld;
  tick(): void;
  /** What became of bundles, as their jobs and the story saw it. */
  uploaded(bundle: Bundle): void;
  saidToBeStored(bundle: Bundle): void;
  damaged(bundle: Bundle): void;
  stored(): readonly Bundle[];
  crashed(error: unknown): void;
  violations(): readonly string[];
  atEnd(): readonly string[];
}

/** @param commits a line of commits, oldest first */
export function deployChecker(world: MemoryDeployWorld, commits: readonly string[]): DeployChecker {
  const found = new Set<string>();
  const fenced = new Map<string, string>();
  const uploaded = new Map<string, Bundle>();
  const damaged = new Set<string>();
  const byName: Readonly<Record<string, MemoryTarget>> = world.targets;

  function onDeploy(before: Deploy | undefined, after: Deploy | undefined): void {
    if (!after) return;
    if (before && isOver(before) && before.status !== after.status)
      found.add(`ended is final: ${after.id} went from ${before.status} to ${after.status}`);
    if (before?.status === "running" && after.status === "superseded")
      found.add(`what has begun is not superseded: ${after.id}`);
    if (!isOver(after) && (after.dueAt === undefined || !after.nextAction))
      found.add(`every open deploy says what is next: ${after.id}`);
    if (isOver(after) && after.endedAt > after.deadline + LATE_MS)
      found.add(`every deploy ends in its time: ${after.id}`);
    if (after.fence > 0) {
      const key = `${after.app}/${after.env} ${after.fence}`;
      if ((fenced.get(key) ?? after.id) !== after.id) found.add(`a fence is given once: ${key}`);
      fenced.set(key, after.id);
    }
    if (before && before.status !== "running" && after.status === "running") onBegin(after);
    if (after.status === "deployed" && before?.status !== "deployed") onDeployed(after);
    for (const reported of reportsOf(after)) onReported(after, reported);
  }

  function onBegin(deploy: Deploy): void {
    const place = world.environments.all().find(({ app, env }) => app === deploy.app && env === deploy.env);
    const others = world.deploys
      .all()
      .filter(
        ({ id, status, app, env }) =>
          status === "running" && app === deploy.app && env === deploy.env && id !== deploy.id,
      );
    for (const other of others) found.add(`one operation at a time: ${deploy.id} began beside ${other.id}`);
    if (place?.operation !== deploy.id) found.add(`who begins has the environment: ${deploy.id}`);
  }

  function onDeployed({ id, app, env, steps, fence, release }: Deploy): void {
    const observed = world.environments.all().find((place) => place.app === app && place.env === env)?.observed ?? {};
    for (const { target } of steps) {
      if (byName[target]?.endings().get(id) !== 0) found.add(`deployed means seen live: ${id} on ${target}`);
      if ((observed[target]?.fence ?? 0) < fence) found.add(`what ended is observed: ${id} on ${target}`);
      if (release?.digest !== undefined && !byName[target]?.unpacked().has(release.digest))
        found.add(`deployed means seen live: the files of ${id} are not on ${target}`);
    }
  }

  /** A target that could not have its files was told where they are, as long as they are there. */
  function onReported({ id, release }: Deploy, { target, report }: Reported): void {
    const isGood = uploaded.has(release?.digest ?? "") && !damaged.has(release?.digest ?? "");
    if (isGood && (report.reason === "bundle-unavailable" || report.reason === "wrong-bundle"))
      found.add(`a bundle that lies there reaches its target: ${id} on ${target}`);
  }

  function onEnvironment(before: Environment | undefined, after: Environment | undefined): void {
    if (!after) return;
    const place = `${after.app}/${after.env}`;
    if (before && after.fence < before.fence) found.add(`fences only rise: ${place}`);
    for (const [target, { fence, at }] of Object.entries(after.observed)) {
      const known = before?.observed[target];
      if (known && (known.fence > fence || (known.fence === fence && known.at > at)))
        found.add(`observed never goes back: ${place} on ${target}`);
    }
    const [old, now] = [before?.desired, after.desired];
    if (!old || !now || old.deployId === now.deployId) return;
    if (now.op === "deploy" && order(now.release?.commit) < order(old.release?.commit))
      found.add(`an ancestor never replaces desired: ${place} ${now.release?.tag} over ${old.release?.tag}`);
  }

  function order(commit: string | undefined): number {
    return commit === undefined ? -1 : commits.indexOf(commit);
  }

  const deploys: Deploys = {
    ...world.deploys,
    async save(deploy, expectedVersion) {
      const before = await world.deploys.get(deploy.id);
      const outcome = await world.deploys.save(deploy, expectedVersion);
      if (outcome === "stored") onDeploy(before, await world.deploys.get(deploy.id));
      return outcome;
    },
  };
  const environments: Environments = {
    ...world.environments,
    async desire(environment, deploy, expected) {
      const before = await world.environments.get(environment.app, environment.env);
      const earlier = await world.deploys.get(deploy.id);
      const outcome = await world.environments.desire(environment, deploy, expected);
      if (outcome === "stored") {
        const { app, op, release } = deploy;
        if (app === "files" && op === "deploy" && !uploaded.has(release?.digest ?? ""))
          found.add(`nothing is desired without its files: ${deploy.id}`);
        onEnvironment(before, await world.environments.get(environment.app, environment.env));
        onDeploy(earlier, await world.deploys.get(deploy.id));
      }
      return outcome;
    },
    async save(environment, expectedVersion) {
      const before = await world.environments.get(environment.app, environment.env);
      const outcome = await world.environments.save(environment, expectedVersion);
      if (outcome === "stored") onEnvironment(before, await world.environments.get(environment.app, environment.env));
      return outcome;
    },
  };

  function tick(): void {
    for (const [name, target] of Object.entries(byName)) {
      for (const [id, times] of target.applied())
        if (times > 1) found.add(`applied at most once: ${id} on ${name}, ${times} times`);
      for (const [place, fences] of target.fences())
        if (fences.some((fence, n) => fence < (fences[n - 1] ?? 0))) found.add(`fences only rise: ${place} on ${name}`);
    }
  }

  return {
    watched: { ...world, deploys, environments },
    tick,
    uploaded: (bundle) => void uploaded.set(bundle.digest, bundle),
    saidToBeStored({ digest }) {
      if (!uploaded.has(digest)) found.add(`stored is said of what lies there: ${digest}`);
    },
    damaged: ({ digest }) => void damaged.add(digest),
    stored: () => [...uploaded.values()],
    crashed(error) {
      if (!(error instanceof WorldError))
        found.add(`our code threw: ${error instanceof Error ? error.stack : String(error)}`);
    },
    violations: () => [...found],
    atEnd: () => [
      ...openDeploys(world),
      ...wrongVerdicts(world, byName),
      ...leftPlaces(world),
      ...falseSights(world, byName),
    ],
  };
}

interface Reported {
  readonly target: string;
  readonly report: StepReport;
}

function reportsOf({ steps }: Deploy): readonly Reported[] {
  return steps.flatMap((step) =>
    step.state === "done" && step.outcome.kind === "reported"
      ? [{ target: step.target, report: step.outcome.report }]
      : [],
  );
}

function openDeploys(world: MemoryDeployWorld): readonly string[] {
  const open = world.deploys.all().filter((deploy) => !isOver(deploy));
  return open.map(({ id, status, nextAction }) => `every deploy ends: ${id} is ${status}, next: ${nextAction}`);
}

/** What we say of a deploy is what its targets did. */
function wrongVerdicts(world: MemoryDeployWorld, targets: Readonly<Record<string, MemoryTarget>>): readonly string[] {
  return world.deploys.all().flatMap((deploy) =>
    deploy.steps.flatMap((step) => {
      const target = targets[step.target];
      const times = target?.applied().get(deploy.id) ?? 0;
      if (step.state !== "done") return times > 0 ? [`no command without a step: ${deploy.id} on ${step.target}`] : [];
      const { outcome } = step;
      if (outcome.kind === "never-ran" && times > 0)
        return [`what never ran never runs: ${deploy.id} on ${step.target}`];
      if (outcome.kind !== "reported" || times === 0) return [];
      const ended = target?.endings().get(deploy.id);
      if (ended === outcome.report.exit) return [];
      return [
        `a verdict is the target's: ${deploy.id} on ${step.target} ended with ${ended}, not ${outcome.report.exit}`,
      ];
    }),
  );
}

function leftPlaces(world: MemoryDeployWorld): readonly string[] {
  const taken = world.environments.all().filter(({ operation }) => operation !== undefined);
  return taken.map(({ env, operation }) => `no environment stays taken: ${env} by ${operation}`);
}

/** After hours of quiet, what we believe to run is what runs. */
function falseSights(world: MemoryDeployWorld, targets: Readonly<Record<string, MemoryTarget>>): readonly string[] {
  return world.environments.all().flatMap(({ app, env, observed }) =>
    Object.entries(observed).flatMap(([name, { release }]) => {
      const running = targets[name]?.running({ app, env });
      return running?.commit === release?.commit && running?.digest === release?.digest
        ? []
        : [`observed is true in the end: ${env} on ${name} runs ${running?.tag}, we believe ${release?.tag}`];
    }),
  );
}
