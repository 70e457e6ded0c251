import type { Clock } from "../../../lib/core/ports.ts";
import { checkRequest, refusal, tokenBucket } from "./refusals.ts";
import { Refusal } from "./rules.ts";

/** One account's machines in one region, and everything about it that a test can turn. */
export interface Ec2Account {
  readonly switches: Ec2Switches;
  readonly machines: readonly FakeMachine[];
  /** Called once for each machine that starts; the fake's computers begin to boot here. */
  onStart?: (machine: FakeMachine) => void;
  /** Called once for each machine that ends, whoever ended it. */
  onEnd?: (machine: FakeMachine) => void;
  createFleet(request: FleetRequest): FleetAnswer;
  describe(filters: readonly Filter[], maxResults: number | undefined, token: string): DescribePage;
  terminate(ids: readonly string[]): readonly FakeMachine[];
  /** The machine powers itself off: with shutdown behaviour `terminate` that is its end. */
  powerOff(id: string): void;
  /** Somebody stops it in the console: it is there still, switched off. */
  stop(id: string): void;
  state(machine: FakeMachine): MachineState;
}

export interface Ec2Switches {
  /** Rule token-replay. */
  replay: "same-fleet" | "error";
  /** Rule eventual-consistency: milliseconds until a describe shows a new machine. */
  visibleAfter: number;
  /** Rule states: milliseconds that a machine is pending. */
  pendingFor: number;
  /** Rule throttling: deep and refill a second; undefined switches it off. */
  bucket: { depth: number; perSecond: number } | undefined;
  spotQuota: number;
  onDemandQuota: number;
  /** Rule first-spot: may the caller have the role made? */
  spotRole: "present" | "missing";
  images: Set<string>;
  templates: Map<string, { versions: Set<string>; tagsInMetadata: boolean }>;
  /** Machines left by pool, `type/subnet/market`; a pool that is not named has plenty. */
  capacity: Map<string, number>;
  /** Codes that the next calls of CreateFleet put into `Errors` for each pool, for the table of codes. */
  forcedErrors: { code: string; message: string }[];
}

export interface FleetRequest {
  readonly token: string;
  readonly templateId: string;
  readonly templateVersion: string;
  readonly overrides: readonly { type: string; subnet: string; image: string }[];
  readonly count: number;
  readonly market: "spot" | "on-demand";
  readonly tags: readonly { key: string; value: string }[];
}

export interface FleetAnswer {
  readonly fleetId: string;
  readonly machines: readonly FakeMachine[];
  readonly errors: readonly { code: string; message: string; type: string; subnet: string }[];
}

export interface FakeMachine {
  readonly id: string;
  readonly type: string;
  readonly subnet: string;
  readonly image: string;
  readonly market: "spot" | "on-demand";
  readonly tags: readonly { key: string; value: string }[];
  readonly templateId: string;
  readonly startedAt: number;
  endedAt?: number;
  stoppedAt?: number;
}

type MachineState = "pending" | "running" | "stopped" | "shutting-down" | "terminated";
interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}
interface DescribePage {
  readonly machines: readonly FakeMachine[];
  readonly next?: string;
}

const shuttingDownFor = 5_000;
const terminatedListedFor = 3_600_000;

export function ec2Account(clock: Clock, changes: Partial<Ec2Switches> = {}): Ec2Account {
  const switches: Ec2Switches = {
    replay: "same-fleet",
    visibleAfter: 0,
    pendingFor: 0,
    bucket: undefined,
    spotQuota: 1000,
    onDemandQuota: 1000,
    spotRole: "present",
    images: new Set(["ami-0123456789abcdef0"]),
    templates: new Map([["lt-0123456789abcdef0", { versions: new Set(["1", "2", "3"]), tagsInMetadata: true }]]),
    capacity: new Map(),
    forcedErrors: [],
    ...changes,
  };
  const machines: FakeMachine[] = [];
  const byToken = new Map<string, { request: string; answer: FleetAnswer }>();
  const spend = tokenBucket(clock, switches);

  const account: Ec2Account = {
    switches,
    machines,
    createFleet(request) {
      spend();
      if (!/^[\x20-\x7e]{1,64}$/.test(request.token)) throw new Refusal("token-length", "InvalidClientToken");
      const known = byToken.get(request.token);
      if (known) return replay(known, request);
      checkRequest(switches, request);
      const answer = start(request);
      byToken.set(request.token, { request: JSON.stringify(request), answer });
      return answer;
    },
    describe(filters, maxResults = 1000, token) {
      if (maxResults < 5 || maxResults > 1000) throw new Refusal("paging", "InvalidParameterValue");
      const seen = machines.filter((machine) => isVisible(machine) && filters.every((one) => fits(machine, one)));
      const from = token === "" ? 0 : Number(token);
      const next = from + maxResults < seen.length ? String(from + maxResults) : undefined;
      return { machines: seen.slice(from, from + maxResults), ...(next && { next }) };
    },
    terminate(ids) {
      const found = ids.map((id) => {
        if (!/^i-[0-9a-f]{8,17}$/.test(id)) throw new Refusal("terminate-all-or-none", "InvalidInstanceID.Malformed");
        const machine = machines.find((one) => one.id === id);
        if (!machine) throw new Refusal("terminate-all-or-none", "InvalidInstanceID.NotFound");
        return machine;
      });
      for (const machine of found) end(machine);
      return found;
    },
    powerOff(id) {
      const machine = machines.find((one) => one.id === id);
      if (machine) end(machine);
    },
    stop(id) {
      const machine = machines.find((one) => one.id === id);
      if (machine) machine.stoppedAt = clock.now();
    },
    state,
  };
  return account;

  function replay(known: { request: string; answer: FleetAnswer }, request: FleetRequest): FleetAnswer {
    if (known.request !== JSON.stringify(request)) throw new Refusal("token-mismatch", "IdempotentParameterMismatch");
    if (switches.replay === "same-fleet") return known.answer;
    if (known.answer.machines.some((machine) => machine.endedAt !== undefined)) {
      throw new Refusal("token-terminated", "IdempotentInstanceTerminated");
    }
    throw new Refusal("token-replay", "IdempotentParameterMismatch");
  }

  function start(request: FleetRequest): FleetAnswer {
    const started: FakeMachine[] = [];
    const errors = new Map<string, FleetAnswer["errors"][number]>();
    for (const { type, subnet, image } of request.overrides) {
      while (started.length < request.count) {
        const refused = refusal(switches, machines, request, { type, subnet, image });
        if (refused) {
          errors.set(`${type}/${subnet}`, { ...refused, type, subnet });
          break;
        }
        started.push(boot(request, type, subnet, image));
      }
    }
    switches.forcedErrors = [];
    for (const machine of started) account.onStart?.(machine);
    const fleetId = `fleet-${String(byToken.size + 1).padStart(8, "0")}-0000-0000-0000-000000000000`;
    return { fleetId, machines: started, errors: [...errors.values()] };
  }

  function boot(request: FleetRequest, type: string, subnet: string, image: string): FakeMachine {
    const pool = `${type}/${subnet}/${request.market}`;
    const left = switches.capacity.get(pool);
    if (left !== undefined) switches.capacity.set(pool, left - 1);
    const machine: FakeMachine = {
      id: `i-${(machines.length + 1).toString(16).padStart(17, "0")}`,
      type,
      subnet,
      image,
      market: request.market,
      tags: request.tags,
      templateId: request.templateId,
      startedAt: clock.now(),
    };
    machines.push(machine);
    return machine;
  }

  function end(machine: FakeMachine): void {
    if (machine.endedAt !== undefined) return;
    machine.endedAt = clock.now();
    account.onEnd?.(machine);
  }

  function state(machine: FakeMachine): MachineState {
    if (machine.endedAt !== undefined) {
      return clock.now() - machine.endedAt < shuttingDownFor ? "shutting-down" : "terminated";
    }
    if (machine.stoppedAt !== undefined) return "stopped";
    return clock.now() - machine.startedAt < switches.pendingFor ? "pending" : "running";
  }

  function isVisible(machine: FakeMachine): boolean {
    if (clock.now() - machine.startedAt < switches.visibleAfter) return false;
    return machine.endedAt === undefined || clock.now() - machine.endedAt < terminatedListedFor;
  }

  function fits(machine: FakeMachine, { name, values }: Filter): boolean {
    const value = name.startsWith("tag:")
      ? machine.tags.find((tag) => tag.key === name.slice(4))?.value
      : name === "instance-state-name"
        ? state(machine)
        : undefined;
    if (!name.startsWith("tag:") && value === undefined) throw new Refusal("filters", "InvalidParameterValue");
    return value !== undefined && values.some((pattern) => matches(pattern, value));
  }
}

/** `*` any characters, `?` one, backslash makes the next one plain. */
function matches(pattern: string, value: string): boolean {
  const source = pattern.replace(/\\?[\s\S]/g, (part) => {
    if (part === "*") return "[\\s\\S]*";
    if (part === "?") return "[\\s\\S]";
    return (part.length === 2 ? (part[1] as string) : part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`).test(value);
}
