import { expect } from "@jest/globals";
import type { Journal } from "../../lib/core/ports.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { at, pushDecision, receivedDelivery } from "./samples.ts";

export interface JournalBench {
  readonly journal: Journal;
}

export function journalContract(adapter: string, make: MakeBench<JournalBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

const contract: Contract<JournalBench> = {
  port: "journal",
  cases: [
    {
      promise: "a delivery is read back as it was recorded, by forge and id",
      async prove({ journal }) {
        await journal.recordDelivery(receivedDelivery());
        expect(await journal.delivery("home", "delivery-1")).toEqual(receivedDelivery());
        expect(await journal.delivery("away", "delivery-1")).toBeUndefined();
        expect(await journal.delivery("home", "delivery-2")).toBeUndefined();
      },
    },
    {
      promise: "a delivery moves on, and never back to received",
      async prove({ journal }) {
        await journal.recordDelivery(receivedDelivery());
        for (const outcome of ["failed", "ignored", "planned"] as const) {
          await journal.recordDelivery(receivedDelivery({ outcome, reason: outcome }));
          await journal.recordDelivery(receivedDelivery({ at: at + 60_000 }));
          expect(await journal.delivery("home", "delivery-1")).toEqual(receivedDelivery({ outcome, reason: outcome }));
        }
      },
    },
    {
      promise: "a decision is read back unchanged, nested values and all",
      async prove({ journal }) {
        await journal.recordDecision(pushDecision());
        expect(await journal.decisions(5)).toEqual([pushDecision()]);
      },
    },
    {
      promise: "the same event again changes nothing",
      async prove({ journal }) {
        await journal.recordDecision(pushDecision());
        await journal.recordDecision(pushDecision({ sender: "mallory", at: at + 9 }));
        expect(await journal.decisions(5)).toEqual([pushDecision()]);
      },
    },
    {
      promise: "what the forge made of it is kept with a decision, and the same event again does not take it away",
      async prove({ journal }) {
        const compared = { kind: "differed", text: 'the forge told of no job "build"' } as const;
        await journal.recordDecision(pushDecision({ pushId: "other", at: at - 1 }));
        await journal.recordDecision(pushDecision());
        await journal.recordComparison(pushDecision(), compared);
        await journal.recordDecision(pushDecision());
        expect((await journal.decisions(5)).map((decision) => decision.compared)).toEqual([compared, undefined]);
        expect((await journal.decisions(1))[0]).toEqual({ ...pushDecision(), compared });
      },
    },
    {
      promise: "the same push id of two forges are two decisions",
      async prove({ journal }) {
        await journal.recordDecision(pushDecision());
        await journal.recordDecision(pushDecision({ forge: "away", at: at + 1 }));
        expect((await journal.decisions(5)).map((decision) => decision.forge)).toEqual(["away", "home"]);
      },
    },
    {
      promise: "decisions come newest first, no more than the limit",
      async prove({ journal }) {
        for (const n of [2, 0, 3, 1]) await journal.recordDecision(pushDecision({ pushId: `${n}`, at: at + n }));
        expect((await journal.decisions(3)).map((decision) => decision.pushId)).toEqual(["3", "2", "1"]);
      },
    },
    {
      promise: "a decision over four thousand jobs is kept and read back",
      async prove({ journal }) {
        const [, workflow] = pushDecision().decision.workflows;
        const [job] = workflow!.jobs;
        const jobs = Array.from({ length: 4096 }, (_, n) => ({ ...job!, name: `test (${n})`, matrixIndex: n }));
        const decision = { workflows: [{ ...workflow!, jobs }] };
        await journal.recordDecision(pushDecision({ decision }));
        expect((await journal.decisions(1))[0]?.decision.workflows[0]?.jobs).toHaveLength(4096);
      },
    },
    {
      promise: "a repository is read back by forge and id, under its latest name",
      async prove({ journal }) {
        const shop = { forge: "home", id: "42", name: "acme/shop", sendsJobEvents: false };
        await journal.saveRepository(shop);
        await journal.saveRepository({ ...shop, name: "acme/store" });
        expect(await journal.repository("home", "42")).toEqual({ ...shop, name: "acme/store" });
        expect(await journal.repository("home", "4")).toBeUndefined();
        expect(await journal.repository("away", "42")).toBeUndefined();
      },
    },
    {
      promise: "a repository once seen to send job events is never taken back to one that does not",
      async prove({ journal }) {
        const shop = { forge: "home", id: "42", name: "acme/shop", sendsJobEvents: true };
        await journal.saveRepository(shop);
        for (let times = 0; times < 3; times++) await journal.saveRepository({ ...shop, sendsJobEvents: false });
        expect(await journal.repository("home", "42")).toEqual(shop);
      },
    },
    {
      promise: "repositories lists all that we have learnt of, each once",
      async prove({ journal }) {
        const learnt = ["1", "2", "3"].map((id) => ({
          forge: "home",
          id,
          name: `acme/${id}`,
          sendsJobEvents: id === "2",
        }));
        for (const repository of [...learnt, ...learnt]) await journal.saveRepository(repository);
        const listed = [...(await journal.repositories())].sort((a, b) => a.id.localeCompare(b.id));
        expect(listed).toEqual(learnt);
      },
    },
  ],
};
