import { expect } from "@jest/globals";
import type { Launches } from "../../lib/core/ports.ts";
import type { Launch } from "../../lib/core/run/launch.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { reservedLaunch } from "./samples.ts";

export interface LaunchesBench {
  readonly launches: Launches;
}

export function launchesContract(adapter: string, make: MakeBench<LaunchesBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const shortage = { class: "pool", code: "InsufficientInstanceCapacity", text: "no c7g.large in eu-west-1a" } as const;

const outcomes: readonly Launch["outcome"][] = [
  {
    kind: "launched",
    machines: [{ instanceId: "i-1", instanceType: "c7g.large", zone: "eu-west-1a", market: "spot" }],
  },
  { kind: "launched", machines: [{ instanceId: "i-1" }], shortage },
  { kind: "none", shortage },
];

const contract: Contract<LaunchesBench> = {
  port: "launches",
  cases: [
    {
      promise: "reserve writes only if no launch has this id",
      async prove({ launches }) {
        expect(await launches.reserve(reservedLaunch())).toBe("reserved");
        expect(await launches.reserve(reservedLaunch({ count: 9 }))).toBe("exists");
        expect(await launches.get("launch-1")).toEqual(reservedLaunch());
      },
    },
    {
      promise: "get gives back every kind of plan and outcome unchanged",
      async prove({ launches }) {
        for (const [n, outcome] of outcomes.entries()) {
          const launch = reservedLaunch({ id: `launch-${n}`, outcome, plan: { kind: "local" } });
          await launches.reserve(launch);
          expect(await launches.get(launch.id)).toEqual(launch);
        }
      },
    },
    {
      promise: "get of an unknown id is undefined",
      async prove({ launches }) {
        expect(await launches.get("nobody")).toBeUndefined();
      },
    },
    {
      promise: "save writes only over the expected version, and stores the next one",
      async prove({ launches }) {
        await launches.reserve(reservedLaunch());
        for (const [n, outcome] of outcomes.entries()) {
          expect(await launches.save(reservedLaunch({ outcome }), n + 1)).toBe("saved");
          expect(await launches.save(reservedLaunch(), n + 1)).toBe("stale");
          expect(await launches.get("launch-1")).toEqual(reservedLaunch({ outcome, version: n + 2 }));
        }
      },
    },
    {
      promise: "save of an unknown launch writes nothing",
      async prove({ launches }) {
        expect(await launches.save(reservedLaunch(), 1)).toBe("stale");
        expect(await launches.get("launch-1")).toBeUndefined();
      },
    },
  ],
};
