import { requestDeploy } from "../../lib/app/deploy/deploy.ts";
import { advanceDeploy } from "../../lib/app/deploy/deploy-advance.ts";
import { sweepDeploys } from "../../lib/app/deploy/deploy-sweep.ts";
import type { Deploy } from "../../lib/core/deploy/deploy.ts";
import { DeployBody } from "../../lib/core/deploy/deploy-calls.ts";
import type { Commands, DeployWorld } from "../../lib/core/deploy/deploy-ports.ts";
import type { Random } from "../../lib/core/ports.ts";
import { type MemoryDeployWorld, memoryDeployWorld } from "../world/deploy-world.ts";
import type { Delivery } from "../world/memory-target.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { type DeployChecker, deployChecker } from "./deploy-invariants.ts";
import { type FaultRates, type Faults, type FaultySite, faultsOver, type Process } from "./faults.ts";
import { makeFileWishes, stirBundles } from "./file-wishes.ts";
import { type Time, virtualTime } from "./time.ts";

/**
 * One seed, one story of deploys: people and builds ask for versions, processes die at any call, commands are lost, doubled and
 * late, targets lose their power and come back. After `HEAL` seconds nothing goes wrong any more; by `END` all must have ended.
 */
const HEAL = 3600;
const END = HEAL + 3 * 3600;
const WISHES = 14;
const commits: readonly string[] = Array.from({ length: 8 }, (_, n) => `${n + 1}`.repeat(40));

export interface DeployStory {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly injected: readonly FaultySite[];
  readonly endings: readonly string[];
  /** Why targets ended deploys as they did, once each. */
  readonly reasons: readonly string[];
}

export interface Stage {
  /** A line of commits, oldest first. */
  readonly commits: readonly string[];
  readonly time: Time;
  readonly random: Random;
  readonly world: MemoryDeployWorld;
  readonly checker: DeployChecker;
  isCalm(): boolean;
  chance(probability: number): boolean;
  /** Runs our code as a process of its own, which may die at any call. */
  spawn(main: (world: DeployWorld) => Promise<unknown>): void;
}

export async function simulateDeploys(seed: number): Promise<DeployStory> {
  const random = seededRandom(seed);
  const time = virtualTime();
  const world = memoryDeployWorld({ seed: seed ^ 0x5eed, clock: time.clock });
  for (const [n, sha] of commits.entries())
    world.home.source.commitFiles(sha, n === 0 ? {} : { parents: [commits[n - 1] ?? ""] });
  const checker = deployChecker(world, commits);
  const faults = faultsOver(checker.watched, time, random, ratesOf(random));
  const stage = stageOf(time, random, world, checker, faults);
  stirTargets(stage);
  makeWishes(stage);
  makeFileWishes(stage, HEAL);
  stirBundles(stage);
  startSweep(stage);
  time.after(HEAL, faults.heal);
  await time.run(END, checker.tick);
  return {
    seed,
    violations: [...checker.violations(), ...checker.atEnd()],
    injected: faults.injected,
    endings: world.deploys.all().map(({ status }) => status),
    reasons: world.deploys.all().flatMap(reasonsOf),
  };
}

function reasonsOf({ steps }: Deploy): readonly string[] {
  return steps.flatMap((step) =>
    step.state === "done" && step.outcome.kind === "reported" ? [step.outcome.report.reason] : [],
  );
}

function ratesOf(random: Random): FaultRates {
  const rate = () => (random.fraction() < 0.5 ? 0 : random.fraction() * 0.05);
  return { "crash-before": rate(), "crash-after": rate(), lost: rate(), "applied-unanswered": rate(), slow: rate() };
}

function stageOf(time: Time, random: Random, world: MemoryDeployWorld, checker: DeployChecker, faults: Faults): Stage {
  const chance = (probability: number) => random.fraction() < probability;
  const start = time.clock.now();
  const isCalm = () => time.clock.now() >= start + HEAL * 1000;

  function commandsOf(process: Process, target: string): Commands | undefined {
    const known = target === "web1" || target === "web2" ? world.targets[target] : undefined;
    if (!known) return undefined;
    const flaky: Commands = {
      // A list of commands may lag: what is not in it may have arrived all the same.
      find: async (id) => (!isCalm() && chance(0.5) ? [] : known.find(id)),
      result: known.result,
      send(command) {
        known.next.push(isCalm() ? { heard: "sent", after: 0 } : deliveryOf(random));
        return known.send(command);
      },
    };
    return faults.portOf(process, "commands", flaky);
  }

  function spawn(main: (world: DeployWorld) => Promise<unknown>): void {
    const process: Process = { dead: false };
    time.after(120, () => {
      process.dead = true;
    });
    const seen: DeployWorld = {
      ...world,
      ...faults.worldOf(process),
      deploys: faults.portOf(process, "deploys", checker.watched.deploys),
      environments: faults.portOf(process, "environments", checker.watched.environments),
      bundles: faults.portOf(process, "bundles", checker.watched.bundles),
      commands: (target) => commandsOf(process, target),
      wakes: {
        async wake(id, afterSeconds) {
          const times = isCalm() ? 1 : chance(0.2) ? 0 : chance(0.2) ? 2 : 1;
          for (let n = 0; n < times; n++) time.after(afterSeconds, () => spawn((other) => advanceDeploy(other, id)));
        },
      },
    };
    main(seen).catch((error: unknown) => checker.crashed(error));
  }

  return { commits, time, random, world, checker, isCalm, chance, spawn };
}

/** What becomes of one command on its way. */
function deliveryOf(random: Random): Delivery {
  const dice = random.fraction();
  const late = random.fraction() < 0.3 ? random.fraction() * 900 : random.fraction() * 5;
  if (dice < 0.55) return { heard: "sent", after: late };
  if (dice < 0.62) return { heard: "sent", after: late, unheard: true };
  if (dice < 0.67) return { heard: "sent" };
  if (dice < 0.8) return { heard: "unknown", after: late };
  return dice < 0.9 ? { heard: "unknown" } : { heard: "unreachable" };
}

/** Targets that are slow, broken by some versions, without power, gone and back. */
function stirTargets({ time, random, world, chance, isCalm }: Stage): void {
  for (const target of Object.values(world.targets)) {
    target.workSeconds = random.fraction() < 0.5 ? 2 : 5 + random.fraction() * 240;
    const broken = new Set(commits.filter(() => chance(0.25)));
    const large = new Set(commits.filter(() => chance(0.1)));
    target.behaviour = (release) => {
      if (broken.has(release?.commit ?? "")) return "broken";
      return release?.digest !== undefined && large.has(release.commit ?? "") ? "no-room" : "good";
    };
    const stir = () => {
      if (isCalm()) return target.setOnline(true);
      if (chance(0.3)) target.cut();
      if (chance(0.3)) {
        target.setOnline(false);
        time.after(random.fraction() * 600, () => target.setOnline(true));
      }
      time.after(60 + random.fraction() * 600, stir);
    };
    time.after(random.fraction() * 600, stir);
  }
}

/** Builds that end in any order, people who roll back, and now and then two at one moment. */
function makeWishes({ time, random, chance, spawn }: Stage): void {
  for (let n = 0; n < WISHES; n++) {
    const at = random.fraction() * HEAL;
    const commit = commits[Math.floor(random.fraction() * commits.length)] ?? "";
    const env = chance(0.5) ? "dev" : "staging";
    const wish = chance(0.15)
      ? { op: "rollback", app: "shop", env }
      : { app: "shop", env, tag: `sha-${commit.slice(0, 7)}`, commit, force: chance(0.1) };
    const ask = (world: DeployWorld) =>
      requestDeploy(world, { kind: "administrator", name: "alice" }, DeployBody.parse(wish));
    const twin = { ...wish, ...("commit" in wish ? { tag: "sha-8888888", commit: commits[7] ?? "" } : {}) };
    time.after(at, () => spawn(ask));
    if (chance(0.4))
      time.after(at, () =>
        spawn((world) => requestDeploy(world, { kind: "administrator", name: "bob" }, DeployBody.parse(twin))),
      );
  }
}

function startSweep({ time, chance, spawn }: Stage): void {
  function pass(): void {
    if (!chance(0.1)) spawn(sweepDeploys);
    time.after(120, pass);
  }
  time.after(120, pass);
}
