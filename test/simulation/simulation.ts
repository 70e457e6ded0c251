import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import type { Config } from "../../lib/core/config/config.ts";
import type { Message, Random, World } from "../../lib/core/ports.ts";
import type { LogLine } from "../world/memory-log.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { type MemoryWorld, memoryWorld, smallProfile } from "../world/world.ts";
import { startMachines } from "./computers.ts";
import { type FaultRates, type Faults, type FaultySite, faultsOver, type Process } from "./faults.ts";
import { type Checker, newChecker } from "./invariants.ts";
import { jobForge } from "./job-forge.ts";
import { spoolForge } from "./spool-forge.ts";
import { type Time, virtualTime } from "./time.ts";

/**
 * One seed, one story: two forges, our own code of lib/app, machines that boot late or never, and faults at every call.
 * After `HEAL` seconds nothing goes wrong any more; by `END` everything must have come to its right end.
 */
export const HEAL = 90 * 60;
export const END = HEAL + 5 * 3600;

export interface Simulation {
  readonly time: Time;
  readonly random: Random;
  readonly world: MemoryWorld;
  readonly faults: Faults;
  readonly checker: Checker;
  /** Runs our code as a process of its own; its death is silent. */
  spawn(main: (world: World) => Promise<void>, limitSeconds: number): Process;
  /** A forge tells of something; the message may be lost, doubled or late. */
  deliver(message: Message): void;
  chance(probability: number): boolean;
  between(from: number, to: number): number;
}

export interface Story {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly injected: readonly FaultySite[];
  readonly launches: number;
  readonly runs: number;
  /** What our code logged, to read a story that went wrong. */
  readonly log: readonly LogLine[];
}

const config: Config = {
  forges: [
    { name: "home", kind: "gitea", url: "https://git.example.com", allow: [] },
    { name: "bare", kind: "git", url: "/srv/demo.git", allow: [] },
  ],
  profiles: [{ ...smallProfile, limits: { ...smallProfile.limits, machines: 12 } }],
};

export interface StoryOptions {
  /** Are there webhooks, wake-ups and reports at all? Without them only the sweep is left. */
  readonly hints?: boolean;
}

export async function simulate(seed: number, { hints = true }: StoryOptions = {}): Promise<Story> {
  const random = seededRandom(seed);
  const time = virtualTime();
  const bare = spoolForge(time);
  const world = memoryWorld({ seed: seed ^ 0x5eed, config, clock: time.clock, forges: { bare } });
  world.runs.setIndexLag(random.fraction() < 0.5 ? 0 : random.fraction() * 120);
  world.machines.setListLag(random.fraction() * 90);
  const checker = newChecker(world, bare);
  const faults = faultsOver(checker.watched, time, random, ratesOf(random));
  const simulation = newSimulation(time, random, world, faults, checker);

  const dispatcher = hints ? [startDispatcher(simulation)] : [];
  const actors = [...dispatcher, startMachines(simulation), checker.tick];
  startSweep(simulation);
  jobForge(simulation);
  bare.pushAll(simulation);
  time.after(HEAL, faults.heal);
  await time.run(END, () => {
    for (const act of actors) act();
  });
  return {
    seed,
    violations: [...checker.violations(), ...checker.atEnd()],
    injected: faults.injected,
    launches: world.machines.launchCalls().length,
    runs: world.runs.all().length,
    log: world.log.lines,
  };
}

/** Each seed has faults of its own kinds: a world in which everything fails at once hides what a single kind would show. */
function ratesOf(random: Random): FaultRates {
  const rate = () => (random.fraction() < 0.5 ? 0 : random.fraction() * 0.04);
  return { "crash-before": rate(), "crash-after": rate(), lost: rate(), "applied-unanswered": rate(), slow: rate() };
}

function newSimulation(time: Time, random: Random, world: MemoryWorld, faults: Faults, checker: Checker): Simulation {
  const chance = (probability: number) => random.fraction() < probability;
  const between = (from: number, to: number) => from + random.fraction() * (to - from);

  function spawn(main: (world: World) => Promise<void>, limitSeconds: number): Process {
    const process: Process = { dead: false };
    time.after(limitSeconds, () => {
      process.dead = true;
    });
    main(faults.worldOf(process)).catch((error: unknown) => checker.crashed(error));
    return process;
  }

  function deliver(message: Message): void {
    const calm = time.clock.now() >= checker.start + HEAL * 1000;
    if (!calm && chance(0.15)) return;
    const times = !calm && chance(0.15) ? 2 : 1;
    for (let n = 0; n < times; n++) {
      time.after(between(0, calm || chance(0.7) ? 1 : 120), () => {
        spawn((faulty) => faulty.queue.send(message).catch(() => undefined), 30);
      });
    }
  }

  return { time, random, world, faults, checker, spawn, deliver, chance, between };
}

/** Hands each due message to a process of its own. A process that dies leaves its message to come again. */
function startDispatcher({ time, world, spawn }: Simulation): () => void {
  let wakeAt = Number.POSITIVE_INFINITY;
  return function poll() {
    for (let received = world.queue.receive(); received; received = world.queue.receive()) {
      const { id, message, receiveCount } = received;
      spawn(async (faulty) => world.queue.settle(id, await dispatch(faulty, message, receiveCount)), 60);
    }
    const [now, next] = [time.clock.now(), world.queue.nextAt()];
    if (wakeAt <= now) wakeAt = Number.POSITIVE_INFINITY;
    if (next === undefined || next >= wakeAt) return;
    wakeAt = next;
    time.after((next - now) / 1000, () => undefined);
  };
}

function startSweep({ time, spawn, chance }: Simulation): void {
  function pass(): void {
    if (!chance(0.1)) spawn(async (faulty) => void (await sweep(faulty)), 240);
    time.after(300, pass);
  }
  time.after(300, pass);
}
