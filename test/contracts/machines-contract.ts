import { expect } from "@jest/globals";
import type { Profile } from "../../lib/core/config/config.ts";
import type { Instant } from "../../lib/core/event.ts";
import type { LaunchResult, Machines } from "../../lib/core/ports.ts";
import type { Launch } from "../../lib/core/run/launch.ts";
import type { ListedMachine } from "../../lib/core/run/machine.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { reservedLaunch } from "./samples.ts";

export interface MachinesBench {
  readonly machines: Machines;
  /** A profile that this provider can launch. */
  readonly profile: Profile;
  now(): Instant;
  /** Resolves when the provider's list shows what the calls so far have changed. */
  settled(): Promise<void>;
}

export function machinesContract(adapter: string, make: MakeBench<MachinesBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

async function planned(bench: MachinesBench, id: string, count = 1): Promise<Launch> {
  const plan = await bench.machines.plan(bench.profile, "spot");
  const now = bench.now();
  const times = { createdAt: now, launchBy: now + 300_000, deadline: now + 2_400_000 };
  const runKeys = Array.from({ length: count }, (_, n) => `${id}-run-${n}`);
  return reservedLaunch({ id, token: `token-${id}`, count, runKeys, plan, ...times, profile: bench.profile.name });
}

function idsOf(result: LaunchResult): readonly string[] {
  expect(result.kind).toBe("launched");
  return result.kind === "launched" ? result.machines.map((machine) => machine.instanceId).sort() : [];
}

async function alive(bench: MachinesBench): Promise<readonly ListedMachine[]> {
  await bench.settled();
  return (await bench.machines.list()).filter(({ state }) => state === "pending" || state === "running");
}

async function aliveIds(bench: MachinesBench): Promise<readonly string[]> {
  return (await alive(bench)).map((machine) => machine.instanceId).sort();
}

const contract: Contract<MachinesBench> = {
  port: "machines",
  cases: [
    {
      promise: "plan starts nothing",
      async prove(bench) {
        await planned(bench, "launch-1");
        expect(await aliveIds(bench)).toEqual([]);
      },
    },
    {
      promise: "launch starts as many machines as asked for, each with an id of its own",
      async prove(bench) {
        const ids = idsOf(await bench.machines.launch(await planned(bench, "launch-1", 3)));
        expect(new Set(ids).size).toBe(3);
        expect(await aliveIds(bench)).toEqual(ids);
      },
    },
    {
      promise: "the same launch again answers with the same machines and starts none",
      async prove(bench) {
        const launch = await planned(bench, "launch-1", 2);
        const first = idsOf(await bench.machines.launch(launch));
        expect(idsOf(await bench.machines.launch(launch))).toEqual(first);
        expect(await aliveIds(bench)).toEqual(first);
      },
    },
    {
      promise: "ten times the same launch at once start the machines of one",
      async prove(bench) {
        const launch = await planned(bench, "launch-1", 2);
        const answers = await Promise.all(Array.from({ length: 10 }, () => bench.machines.launch(launch)));
        for (const answer of answers) expect(idsOf(answer)).toEqual(idsOf(answers[0]!));
        expect(await aliveIds(bench)).toEqual(idsOf(answers[0]!));
      },
    },
    {
      promise: "another token starts other machines",
      async prove(bench) {
        const first = idsOf(await bench.machines.launch(await planned(bench, "launch-1")));
        const second = idsOf(await bench.machines.launch(await planned(bench, "launch-2")));
        expect(await aliveIds(bench)).toEqual([...first, ...second].sort());
        expect(first).not.toEqual(second);
      },
    },
    {
      promise: "list says of each machine its launch, when it began and when it has to end",
      async prove(bench) {
        const launch = await planned(bench, "launch-1");
        const before = bench.now();
        const [instanceId] = idsOf(await bench.machines.launch(launch));
        const [listed] = await alive(bench);
        expect(listed).toMatchObject({ instanceId, launchId: "launch-1", deadline: launch.deadline });
        // Providers count in seconds.
        expect(listed?.launchedAt).toBeGreaterThanOrEqual(before - 1000);
        expect(listed?.launchedAt).toBeLessThanOrEqual(bench.now());
      },
    },
    {
      promise: "terminate ends that machine and no other",
      async prove(bench) {
        const [first, second] = idsOf(await bench.machines.launch(await planned(bench, "launch-1", 2)));
        await bench.machines.terminate(first!, "nobody needs it");
        expect(await aliveIds(bench)).toEqual([second]);
      },
    },
    {
      promise: "terminating an ended or unknown machine is a success",
      async prove(bench) {
        const [instanceId] = idsOf(await bench.machines.launch(await planned(bench, "launch-1")));
        await bench.machines.terminate(instanceId!, "once");
        await bench.machines.terminate(instanceId!, "twice");
        await bench.machines.terminate("i-0fffffffffffffff0", "never was");
        expect(await aliveIds(bench)).toEqual([]);
      },
    },
    {
      promise: "a launch repeated after its machines have ended starts none",
      async prove(bench) {
        const launch = await planned(bench, "launch-1");
        const [instanceId] = idsOf(await bench.machines.launch(launch));
        await bench.machines.terminate(instanceId!, "gone");
        await bench.settled();
        await bench.machines.launch(launch);
        expect(await aliveIds(bench)).toEqual([]);
      },
    },
  ],
};
