import { expect } from "@jest/globals";
import type { MachineRecords, Runs } from "../../lib/core/ports.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { at, bootingRun, claimedMachine, endedRun, queuedRun } from "./samples.ts";

/** Runs and records of one store: a claim writes both. */
export interface MachineRecordsBench {
  readonly runs: Runs;
  readonly records: MachineRecords;
}

export function machineRecordsContract(
  adapter: string,
  make: MakeBench<MachineRecordsBench>,
  skips?: readonly Skip[],
): void {
  prove(contract, adapter, make, skips);
}

async function claim({ runs, records }: MachineRecordsBench, machine = claimedMachine()): Promise<void> {
  await runs.create(queuedRun({ key: machine.runKey }));
  expect(await records.claim(machine, bootingRun({ key: machine.runKey }), 1)).toBe("ok");
}

const contract: Contract<MachineRecordsBench> = {
  port: "machine-records",
  cases: [
    {
      promise: "claim writes the machine and the run's next version",
      async prove(bench) {
        await claim(bench);
        expect(await bench.records.get(claimedMachine().instanceId)).toEqual(claimedMachine());
        expect(await bench.runs.get("run-1")).toEqual(bootingRun({ version: 2 }));
      },
    },
    {
      promise: "an instance that ever had a record gets no second run, and that run stays as it was",
      async prove(bench) {
        await claim(bench);
        await bench.records.save(claimedMachine({ endedAt: at + 9 }), 1);
        await bench.runs.create(queuedRun({ key: "run-2" }));
        const again = claimedMachine({ runKey: "run-2", runnerName: "second", tokenHash: "b".repeat(64) });
        expect(await bench.records.claim(again, bootingRun({ key: "run-2" }), 1)).toBe("machine-known");
        expect(await bench.runs.get("run-2")).toEqual(queuedRun({ key: "run-2" }));
        expect(await bench.records.byRunner("home", "second")).toBeUndefined();
        expect(await bench.records.byToken("b".repeat(64))).toBeUndefined();
      },
    },
    {
      promise: "a claim over another version of the run writes no machine",
      async prove({ runs, records }) {
        await runs.create(queuedRun());
        await runs.save(endedRun(), 1);
        expect(await records.claim(claimedMachine(), bootingRun(), 1)).toBe("run-taken");
        expect(await records.get(claimedMachine().instanceId)).toBeUndefined();
        expect(await records.byToken(claimedMachine().tokenHash)).toBeUndefined();
        expect(await runs.get("run-1")).toEqual(endedRun({ version: 2 }));
      },
    },
    {
      promise: "a claim of a run that does not exist writes nothing",
      async prove({ runs, records }) {
        expect(await records.claim(claimedMachine(), bootingRun(), 1)).toBe("run-taken");
        expect(await records.get(claimedMachine().instanceId)).toBeUndefined();
        expect(await runs.get("run-1")).toBeUndefined();
      },
    },
    {
      promise: "ten machines at once for one run: one gets it",
      async prove({ runs, records }) {
        await runs.create(queuedRun());
        const ids = Array.from({ length: 10 }, (_, n) => `i-${n}`);
        const answers = await Promise.all(
          ids.map((instanceId) => {
            const machine = claimedMachine({ instanceId, runnerName: instanceId, tokenHash: instanceId });
            return records.claim(machine, bootingRun(), 1);
          }),
        );
        expect(answers.filter((answer) => answer === "ok")).toHaveLength(1);
        expect(answers.filter((answer) => answer === "run-taken")).toHaveLength(9);
        expect((await records.live()).map((machine) => machine.instanceId)).toEqual([ids[answers.indexOf("ok")]]);
      },
    },
    {
      promise: "one machine that claims ten runs at once gets one",
      async prove({ runs, records }) {
        const keys = Array.from({ length: 10 }, (_, n) => `run-${n}`);
        for (const key of keys) await runs.create(queuedRun({ key }));
        const answers = await Promise.all(
          keys.map((key) => records.claim(claimedMachine({ runKey: key }), bootingRun({ key }), 1)),
        );
        expect(answers.filter((answer) => answer === "ok")).toHaveLength(1);
        const bound = (await Promise.all(keys.map((key) => runs.get(key)))).filter((run) => run?.version === 2);
        expect(bound.map((run) => run?.key)).toEqual([keys[answers.indexOf("ok")]]);
      },
    },
    {
      promise: "a retired instance can never claim, and is not live",
      async prove({ runs, records }) {
        await runs.create(queuedRun());
        const retired = claimedMachine({
          endedAt: at,
          runnerName: "",
          tokenHash: "",
          repoId: "",
          bootId: "",
          labels: [],
        });
        expect(await records.retire(retired)).toBe("retired");
        expect(await records.retire(retired)).toBe("machine-known");
        expect(await records.claim(claimedMachine(), bootingRun(), 1)).toBe("machine-known");
        expect(await records.get(retired.instanceId)).toEqual(retired);
        expect(await records.live()).toEqual([]);
        expect(await runs.get("run-1")).toEqual(queuedRun());
      },
    },
    {
      promise: "an instance that has claimed is not retired",
      async prove(bench) {
        await claim(bench);
        expect(await bench.records.retire(claimedMachine({ endedAt: at }))).toBe("machine-known");
        expect(await bench.records.live()).toEqual([claimedMachine()]);
      },
    },
    {
      promise: "of a claim and a retirement at once, one wins",
      async prove({ runs, records }) {
        for (let n = 0; n < 10; n++) {
          const [key, instanceId] = [`run-${n}`, `i-${n}`];
          await runs.create(queuedRun({ key }));
          const machine = claimedMachine({ instanceId, runKey: key, runnerName: key, tokenHash: key });
          const [claimed, retired] = await Promise.all([
            records.claim(machine, bootingRun({ key }), 1),
            records.retire({ ...machine, endedAt: at }),
          ]);
          expect([claimed, retired]).toEqual(claimed === "ok" ? ["ok", "machine-known"] : ["machine-known", "retired"]);
          expect((await runs.get(key))?.version).toBe(claimed === "ok" ? 2 : 1);
        }
      },
    },
    {
      promise: "get of an unknown instance is undefined",
      async prove({ records }) {
        expect(await records.get("i-0")).toBeUndefined();
      },
    },
    {
      promise: "save writes only over the expected version, and stores the next one",
      async prove(bench) {
        await claim(bench);
        const ended = claimedMachine({ endedAt: at + 9, exit: { cause: "job-done", code: 0 } });
        expect(await bench.records.save(ended, 1)).toBe("saved");
        expect(await bench.records.save(claimedMachine(), 1)).toBe("stale");
        expect(await bench.records.get(ended.instanceId)).toEqual({ ...ended, version: 2 });
      },
    },
    {
      promise: "save of an unknown machine writes nothing",
      async prove({ records }) {
        expect(await records.save(claimedMachine(), 1)).toBe("stale");
        expect(await records.get(claimedMachine().instanceId)).toBeUndefined();
      },
    },
    {
      promise: "byRunner finds the machine by its present registration at that forge",
      async prove(bench) {
        await claim(bench);
        expect(await bench.records.byRunner("home", "dayfly-run-1-1")).toEqual(claimedMachine());
        expect(await bench.records.byRunner("away", "dayfly-run-1-1")).toBeUndefined();
        expect(await bench.records.byRunner("home", "dayfly-run-1")).toBeUndefined();
      },
    },
    {
      promise: "byToken finds the machine by its present token, at once after the claim",
      async prove(bench) {
        await claim(bench);
        expect(await bench.records.byToken("a".repeat(64))).toEqual(claimedMachine());
        expect(await bench.records.byToken("c".repeat(64))).toBeUndefined();
      },
    },
    {
      promise: "a second claim's name and token replace the first ones",
      async prove(bench) {
        await claim(bench);
        const renewed = claimedMachine({ runnerName: "dayfly-run-1-2", tokenHash: "d".repeat(64) });
        expect(await bench.records.save(renewed, 1)).toBe("saved");
        expect(await bench.records.byRunner("home", "dayfly-run-1-1")).toBeUndefined();
        expect(await bench.records.byToken("a".repeat(64))).toBeUndefined();
        expect(await bench.records.byRunner("home", "dayfly-run-1-2")).toEqual({ ...renewed, version: 2 });
        expect(await bench.records.byToken("d".repeat(64))).toEqual({ ...renewed, version: 2 });
      },
    },
    {
      promise: "a name and a token that were refused with their save lead nowhere",
      async prove(bench) {
        await claim(bench);
        await bench.records.save(claimedMachine({ seenAt: at + 8 }), 1);
        const late = claimedMachine({ runnerName: "late", tokenHash: "e".repeat(64) });
        expect(await bench.records.save(late, 1)).toBe("stale");
        expect(await bench.records.byRunner("home", "late")).toBeUndefined();
        expect(await bench.records.byToken("e".repeat(64))).toBeUndefined();
      },
    },
    {
      promise: "live lists machines that have claimed and not ended, all of them",
      async prove(bench) {
        for (let n = 0; n < 120; n++) {
          const instanceId = `i-${n}`;
          await claim(
            bench,
            claimedMachine({ instanceId, runKey: `run-${n}`, runnerName: instanceId, tokenHash: instanceId }),
          );
        }
        await bench.records.save(
          claimedMachine({ instanceId: "i-7", runnerName: "i-7", tokenHash: "i-7", endedAt: at }),
          1,
        );
        const live = await bench.records.live();
        expect(live).toHaveLength(119);
        expect(live.some((machine) => machine.instanceId === "i-7")).toBe(false);
      },
    },
  ],
};
