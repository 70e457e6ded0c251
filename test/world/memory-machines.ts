import { WorldError } from "../../lib/core/errors.ts";
import type { Instant } from "../../lib/core/event.ts";
import type { Clock, LaunchResult, Machines } from "../../lib/core/ports.ts";
import type { Launch, LaunchedMachine, LaunchPlan, Shortage } from "../../lib/core/run/launch.ts";
import type { ListedMachine } from "../../lib/core/run/machine.ts";

/** A machine provider that does what it is told to; left alone it gives every launch all its machines. */
export interface MemoryMachines extends Machines {
  /** What the next launches with a new token meet, in this order. */
  script(...answers: readonly ScriptedLaunch[]): void;
  /** Every machine that ever was, ended ones too. */
  all(): readonly MemoryMachine[];
  get(instanceId: string): MemoryMachine | undefined;
  /** The machine goes away by itself: power-off timer, exit trap, or the provider took it back. */
  end(instanceId: string, why: string): void;
  /** `list` shows a machine only so many seconds after its launch. */
  setListLag(seconds: number): void;
  /** Calls to `launch`, repeated ones too. */
  launchCalls(): readonly Launch[];
}

export interface MemoryMachine {
  readonly instanceId: string;
  readonly launch: Launch;
  readonly launchedAt: Instant;
  readonly endedAt?: Instant;
  /** Why it ended, in the words of whoever ended it. */
  readonly endedBy?: string;
}

export type ScriptedLaunch =
  /** Only `count` machines come, and `shortage` says why. */
  | { readonly kind: "short"; readonly count: number; readonly shortage: Shortage }
  | { readonly kind: "none"; readonly shortage: Shortage }
  /** Nobody can say; the machines exist or not. */
  | { readonly kind: "unknown"; readonly launched: boolean }
  /** The call throws; the machines exist or not. */
  | { readonly kind: "throws"; readonly launched: boolean };

const frozenPlan: Extract<LaunchPlan, { kind: "ec2" }> = {
  kind: "ec2",
  imageId: "ami-00000000000000001",
  templateId: "lt-00000000000000001",
  templateVersion: "1",
  types: [],
  subnets: ["subnet-00000000000000001"],
  market: "spot",
};

export function memoryMachines(clock: Clock): MemoryMachines {
  const machines = new Map<string, MemoryMachine>();
  const byToken = new Map<string, LaunchResult>();
  const scripted: ScriptedLaunch[] = [];
  const calls: Launch[] = [];
  let listLagMs = 0;

  function start(launch: Launch, count: number, shortage?: Shortage): LaunchResult {
    const launched: LaunchedMachine[] = [];
    for (let n = 0; n < count; n++) {
      const instanceId = `i-${(machines.size + 1).toString(16).padStart(17, "0")}`;
      machines.set(instanceId, { instanceId, launch, launchedAt: clock.now() });
      launched.push({ instanceId });
    }
    const result: LaunchResult = { kind: "launched", machines: launched, ...(shortage && { shortage }) };
    byToken.set(launch.token, result);
    return result;
  }

  function follow(answer: ScriptedLaunch, launch: Launch): LaunchResult {
    if (answer.kind === "none") return answer;
    if (answer.kind === "short") return start(launch, answer.count, answer.shortage);
    if (answer.launched) start(launch, launch.count);
    if (answer.kind === "unknown") return { kind: "unknown", text: "the provider did not answer in time" };
    throw new WorldError("the provider closed the connection", { retryable: true });
  }

  function end(instanceId: string, why: string): void {
    const machine = machines.get(instanceId);
    if (!machine || machine.endedAt !== undefined) return;
    machines.set(instanceId, { ...machine, endedAt: clock.now(), endedBy: why });
  }

  return {
    end,
    script: (...answers) => void scripted.push(...answers),
    all: () => [...machines.values()],
    get: (instanceId) => machines.get(instanceId),
    setListLag(seconds) {
      listLagMs = seconds * 1000;
    },
    launchCalls: () => calls,
    async plan(profile, market) {
      return { ...frozenPlan, types: [`type-of-${profile.name}`], market };
    },
    async launch(launch) {
      calls.push(launch);
      const before = byToken.get(launch.token);
      if (before) return before;
      const answer = scripted.shift();
      return answer ? follow(answer, launch) : start(launch, launch.count);
    },
    async list() {
      const shown = [...machines.values()].filter((machine) => machine.launchedAt + listLagMs <= clock.now());
      return shown.map(listed);
    },
    async terminate(instanceId, reason) {
      end(instanceId, reason);
    },
  };
}

function listed({ instanceId, launch, launchedAt, endedAt }: MemoryMachine): ListedMachine {
  const state = endedAt === undefined ? "running" : "ended";
  return { instanceId, launchId: launch.id, launchedAt, deadline: launch.deadline, state };
}
