import { expect } from "@jest/globals";
import type { Adoptions } from "../../lib/core/ports.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";

export interface AdoptionsBench {
  readonly adoptions: Adoptions;
}

export function adoptionsContract(adapter: string, make: MakeBench<AdoptionsBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const contract: Contract<AdoptionsBench> = {
  port: "adoptions",
  cases: [
    {
      promise: "adopt binds a job's key once and hands back the run that stands",
      async prove({ adoptions }) {
        expect(await adoptions.adopt("job-1", "run-1")).toBe("run-1");
        expect(await adoptions.adopt("job-1", "run-2")).toBe("run-1");
        expect(await adoptions.adopt("job-1", "run-1")).toBe("run-1");
        expect(await adoptions.adopt("job-2", "run-1")).toBe("run-1");
      },
    },
    {
      promise: "twenty that adopt one job at once are all told the same run",
      async prove({ adoptions }) {
        const runKeys = Array.from({ length: 20 }, (_, n) => `run-${n}`);
        const told = await Promise.all(runKeys.map((runKey) => adoptions.adopt("job-1", runKey)));
        expect(new Set(told).size).toBe(1);
        expect(await adoptions.find("job-1")).toBe(told[0]);
      },
    },
    {
      promise: "find knows a binding at once, and no other",
      async prove({ adoptions }) {
        await adoptions.adopt("job-1", "run-1");
        expect(await adoptions.find("job-1")).toBe("run-1");
        expect(await adoptions.find("job-2")).toBeUndefined();
      },
    },
  ],
};
