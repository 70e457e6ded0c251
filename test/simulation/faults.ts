import { WorldError } from "../../lib/core/errors.ts";
import type { Forge } from "../../lib/core/forge.ts";
import type { Random, World } from "../../lib/core/ports.ts";
import type { Time } from "./time.ts";

/**
 * Every call through a port may go wrong in every way that a network knows. A request that is under way lands even when
 * its caller has died since: that is the fault which matters most.
 */
export const faultKinds = ["crash-before", "crash-after", "lost", "applied-unanswered", "slow"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How likely each fault is at one call. */
export type FaultRates = Readonly<Record<FaultKind, number>>;

/** Something that runs our code and can die at any await: a Lambda's invocation, a handler of the local server. */
export interface Process {
  dead: boolean;
}

export interface FaultySite {
  readonly site: string;
  readonly kind: FaultKind;
}

export interface Faults {
  readonly injected: FaultySite[];
  /** The same world as this process sees it. */
  worldOf(process: Process): World;
  /** One more port as this process sees it. */
  portOf<P extends object>(process: Process, name: string, port: P): P;
  heal(): void;
}

export function faultsOver(world: World, time: Time, random: Random, rates: FaultRates): Faults {
  const injected: FaultySite[] = [];
  let healed = false;

  function pick(site: string): FaultKind | undefined {
    if (healed) return undefined;
    let left = random.fraction();
    for (const kind of faultKinds) {
      left -= rates[kind];
      if (left < 0) {
        injected.push({ site, kind });
        return kind;
      }
    }
    return undefined;
  }

  async function call<T>(process: Process, site: string, apply: () => Promise<T>): Promise<T> {
    if (process.dead) return never();
    const fault = pick(site);
    if (fault === "crash-before") {
      process.dead = true;
      return never();
    }
    if (fault === "crash-after") process.dead = true;
    await time.sleep(fault === "slow" ? 5 + random.fraction() * 95 : random.fraction() * 0.2);
    if (fault === "lost") return answer(process, Promise.reject(unanswered(site)));
    const result = apply();
    // The effect is there; whether the caller hears of it is another matter.
    await result.catch(() => undefined);
    await time.sleep(random.fraction() * 0.2);
    return answer(process, fault === "applied-unanswered" ? Promise.reject(unanswered(site)) : result);
  }

  function faulty<P extends object>(process: Process, name: string, port: P): P {
    return new Proxy(port, {
      get(target, method, receiver) {
        const value = Reflect.get(target, method, receiver);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) =>
          call(process, `${name}.${String(method)}`, async () => value.apply(target, args));
      },
    });
  }

  function faultyForge(process: Process, forge: Forge): Forge {
    return {
      ...forge,
      source: faulty(process, "source", forge.source),
      demand: faulty(process, "demand", forge.demand),
      enrolment: faulty(process, "enrolment", forge.enrolment),
      ...(forge.feedback ? { feedback: faulty(process, "feedback", forge.feedback) } : {}),
    };
  }

  return {
    injected,
    portOf: faulty,
    heal: () => {
      healed = true;
    },
    worldOf: (process) => ({
      ...world,
      runs: faulty(process, "runs", world.runs),
      machineRecords: faulty(process, "machineRecords", world.machineRecords),
      launches: faulty(process, "launches", world.launches),
      journal: faulty(process, "journal", world.journal),
      adoptions: faulty(process, "adoptions", world.adoptions),
      queue: faulty(process, "queue", world.queue),
      machines: faulty(process, "machines", world.machines),
      forge(name) {
        const forge = world.forge(name);
        return forge && faultyForge(process, forge);
      },
    }),
  };
}

function answer<T>(process: Process, result: Promise<T>): Promise<T> {
  if (!process.dead) return result;
  result.catch(() => undefined);
  return never();
}

/** A dead process hears nothing any more. */
function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

function unanswered(site: string): WorldError {
  return new WorldError(`${site} gave no answer`, { retryable: true });
}
