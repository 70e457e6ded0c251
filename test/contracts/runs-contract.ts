import { expect } from "@jest/globals";
import type { Runs } from "../../lib/core/ports.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { at, endedRun, oneOfEach, queuedRun } from "./samples.ts";

export interface RunsBench {
  readonly runs: Runs;
}

export function runsContract(adapter: string, make: MakeBench<RunsBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const contract: Contract<RunsBench> = {
  port: "runs",
  cases: [
    {
      promise: "create writes only if no run has this key",
      async prove({ runs }) {
        expect(await runs.create(queuedRun())).toBe("created");
        expect(await runs.create(queuedRun({ sha: "another" }))).toBe("exists");
        expect(await runs.get("run-1")).toEqual(queuedRun());
      },
    },
    {
      promise: "create has one winner among fifty at once",
      async prove({ runs }) {
        const shas = Array.from({ length: 50 }, (_, n) => `sha-${n}`);
        const answers = await Promise.all(shas.map((sha) => runs.create(queuedRun({ sha }))));
        expect(answers.filter((answer) => answer === "created")).toHaveLength(1);
        expect((await runs.get("run-1"))?.sha).toBe(shas[answers.indexOf("created")]);
      },
    },
    {
      promise: "get gives back every status with all that is true in it, unchanged",
      async prove({ runs }) {
        for (const run of oneOfEach()) {
          await runs.create(run);
          expect(await runs.get(run.key)).toEqual(run);
        }
      },
    },
    {
      promise: "get of an unknown key is undefined",
      async prove({ runs }) {
        expect(await runs.get("nobody")).toBeUndefined();
      },
    },
    {
      promise: "get sees a write at once",
      async prove({ runs }) {
        await runs.create(queuedRun());
        for (let version = 1; version <= 20; version++) {
          await runs.save(queuedRun({ attempt: version }), version);
          expect(await runs.get("run-1")).toMatchObject({ attempt: version, version: version + 1 });
        }
      },
    },
    {
      promise: "save over the expected version stores the next one, whatever the row itself says",
      async prove({ runs }) {
        await runs.create(queuedRun());
        const ended = endedRun({ version: 99 });
        expect(await runs.save(ended, 1)).toEqual({ kind: "saved", run: { ...ended, version: 2 } });
        expect(await runs.get("run-1")).toEqual({ ...ended, version: 2 });
      },
    },
    {
      promise: "save over another version writes nothing and hands back what is there",
      async prove({ runs }) {
        await runs.create(queuedRun());
        await runs.save(queuedRun({ attempt: 2 }), 1);
        const there = queuedRun({ attempt: 2, version: 2 });
        expect(await runs.save(endedRun(), 1)).toEqual({ kind: "stale", current: there });
        expect(await runs.save(endedRun(), 3)).toEqual({ kind: "stale", current: there });
        expect(await runs.get("run-1")).toEqual(there);
      },
    },
    {
      promise: "save of a row that does not exist writes nothing",
      async prove({ runs }) {
        expect(await runs.save(queuedRun(), 1)).toEqual({ kind: "stale", current: undefined });
        expect(await runs.get("run-1")).toBeUndefined();
      },
    },
    {
      promise: "save has one winner among twenty writers of one version",
      async prove({ runs }) {
        await runs.create(queuedRun());
        const attempts = Array.from({ length: 20 }, (_, n) => n + 2);
        const answers = await Promise.all(attempts.map((attempt) => runs.save(queuedRun({ attempt }), 1)));
        const winners = attempts.filter((_, n) => answers[n]?.kind === "saved");
        expect(winners).toHaveLength(1);
        expect(await runs.get("run-1")).toMatchObject({ attempt: winners[0], version: 2 });
      },
    },
    {
      promise: "due lists what is due at or before, most overdue first, no more than the limit",
      async prove({ runs }) {
        for (const [key, dueAt] of Object.entries({ late: at, later: at - 1000, now: at + 500, future: at + 501 })) {
          await runs.create(queuedRun({ key, dueAt }));
        }
        expect(await runs.due(at + 500, 10)).toEqual(["later", "late", "now"]);
        expect(await runs.due(at + 500, 2)).toEqual(["later", "late"]);
        expect(await runs.due(at - 1001, 10)).toEqual([]);
      },
    },
    {
      promise: "due follows the row as it is saved, and forgets it when it has ended",
      async prove({ runs }) {
        await runs.create(queuedRun({ dueAt: at }));
        await runs.save(queuedRun({ dueAt: at + 60_000 }), 1);
        expect(await runs.due(at + 59_999, 10)).toEqual([]);
        expect(await runs.due(at + 60_000, 10)).toEqual(["run-1"]);
        await runs.save(endedRun(), 2);
        expect(await runs.due(at + 900_000, 10)).toEqual([]);
      },
    },
    {
      promise: "due keeps an ended run until its last effect is carried out",
      async prove({ runs }) {
        await runs.create(endedRun({ effects: [{ kind: "report" }] }));
        expect(await runs.due(at, 10)).toEqual(["run-1"]);
        await runs.save(endedRun({ effects: [] }), 1);
        expect(await runs.due(at + 900_000, 10)).toEqual([]);
      },
    },
    {
      promise: "open lists the open runs of a scope, or of all, and no other",
      async prove({ runs }) {
        await runs.create(queuedRun({ key: "a" }));
        await runs.create(queuedRun({ key: "b", scope: "home/4" }));
        await runs.create(queuedRun({ key: "c" }));
        await runs.create(endedRun({ key: "d" }));
        await runs.save(endedRun({ key: "c" }), 1);
        expect(await runs.open("home/42")).toEqual([queuedRun({ key: "a" })]);
        expect((await runs.open()).map((run) => run.key).sort()).toEqual(["a", "b"]);
        expect(await runs.open("home/4242")).toEqual([]);
      },
    },
    {
      promise: "open lists three hundred rows without losing one",
      async prove({ runs }) {
        const keys = Array.from({ length: 300 }, (_, n) => `run-${n}`);
        await Promise.all(keys.map((key) => runs.create(queuedRun({ key, nextAction: "x".repeat(5000) }))));
        expect((await runs.open("home/42")).map((run) => run.key).sort()).toEqual(keys.sort());
      },
    },
    {
      promise: "list gives the newest first, open and ended mixed, no more than the limit",
      async prove({ runs }) {
        for (let n = 0; n < 6; n++) {
          const createdAt = at + n * 1000;
          await runs.create(n % 2 === 0 ? queuedRun({ key: `${n}`, createdAt }) : endedRun({ key: `${n}`, createdAt }));
        }
        expect((await runs.list({ limit: 10 })).map((run) => run.key)).toEqual(["5", "4", "3", "2", "1", "0"]);
        expect((await runs.list({ limit: 2 })).map((run) => run.key)).toEqual(["5", "4"]);
        expect(await runs.list({ limit: 1 })).toEqual([endedRun({ key: "5", createdAt: at + 5000 })]);
      },
    },
    {
      promise: "list finds by repository, by status and by push, also behind many others",
      async prove({ runs }) {
        for (let n = 0; n < 40; n++) {
          const [repo, pushId] = [n === 0 ? "acme/rare" : "acme/shop", n === 1 ? "rare" : "push-1"];
          await runs.create(
            endedRun({ key: `${n}`, createdAt: at + n, repo, pushId, status: n === 2 ? "lost" : "timeout" }),
          );
        }
        await runs.create(queuedRun({ key: "open", createdAt: at + 99 }));
        const keysOf = async (query: object) => (await runs.list({ limit: 5, ...query })).map((run) => run.key);
        expect(await keysOf({ repo: "acme/rare" })).toEqual(["0"]);
        expect(await keysOf({ pushId: "rare" })).toEqual(["1"]);
        expect(await keysOf({ status: ["lost", "queued"] })).toEqual(["open", "2"]);
        expect(await keysOf({ status: ["lost"], repo: "acme/rare" })).toEqual([]);
      },
    },
  ],
};
