import { expect } from "@jest/globals";
import { WorldError } from "../../lib/core/errors.ts";
import type { DeadLetters, Handled, Message, MessageHandler, Queue } from "../../lib/core/ports.ts";
import type { RedeliveryPolicy } from "../../lib/core/webhook/redelivery.ts";
import { type Contract, type MakeBench, prove, type Skip } from "./contract.ts";
import { eventMessage, wakeMessage } from "./samples.ts";

export interface QueueBench {
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  readonly policy: RedeliveryPolicy;
  /** Lets time pass. */
  advance(seconds: number): Promise<void>;
  /** Hands everything that is due to the handler, until nothing is due. */
  pump(handler: MessageHandler): Promise<void>;
  /** Receives one message and dies before its handler answers. */
  receiveAndDie(): Promise<void>;
}

export function queueContract(adapter: string, make: MakeBench<QueueBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

interface HandedOver {
  readonly message: Message;
  readonly receiveCount: number;
}

/** Pumps with one answer for everything; gives back what was handed over. */
async function pumped(bench: QueueBench, answer: Handled | Error = { kind: "done" }): Promise<readonly HandedOver[]> {
  const handed: HandedOver[] = [];
  await bench.pump(async (message, receiveCount) => {
    handed.push({ message, receiveCount });
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return handed;
}

const longEnough = 1000;

const contract: Contract<QueueBench> = {
  port: "queue",
  cases: [
    {
      promise: "a message is handed over unchanged, with receive count 1, and when it is done never again",
      async prove(bench) {
        for (const message of [eventMessage(), wakeMessage("run-1")]) {
          await bench.queue.send(message);
          expect(await pumped(bench)).toEqual([{ message, receiveCount: 1 }]);
        }
        await bench.advance(longEnough);
        expect(await pumped(bench)).toEqual([]);
        expect(await bench.deadLetters.list(10)).toEqual([]);
      },
    },
    {
      promise: "a hundred messages are all handed over",
      async prove(bench) {
        const keys = Array.from({ length: 100 }, (_, n) => `run-${n}`);
        await Promise.all(keys.map((key) => bench.queue.send(wakeMessage(key))));
        const handed = await pumped(bench);
        expect(handed.map(({ message }) => message.kind === "wake" && message.runKey).sort()).toEqual(keys.sort());
      },
    },
    {
      promise: "a delayed message is not handed over before its time",
      async prove(bench) {
        await bench.queue.send(wakeMessage("run-1"), 900);
        await bench.advance(899);
        expect(await pumped(bench)).toEqual([]);
        await bench.advance(1);
        expect(await pumped(bench)).toHaveLength(1);
      },
    },
    {
      promise: "a delay below 0 or above 900 seconds is refused, and not retryable",
      async prove(bench) {
        for (const seconds of [-1, 901, Number.NaN]) {
          const sent = bench.queue.send(wakeMessage("run-1"), seconds);
          await expect(sent).rejects.toBeInstanceOf(WorldError);
          await expect(sent).rejects.toMatchObject({ retryable: false });
        }
        await bench.advance(longEnough);
        expect(await pumped(bench)).toEqual([]);
      },
    },
    {
      promise: "a fraction of a second is rounded up, never down",
      async prove(bench) {
        await bench.queue.send(wakeMessage("run-1"), 1.2);
        await bench.advance(1);
        expect(await pumped(bench)).toEqual([]);
        await bench.advance(1);
        expect(await pumped(bench, { kind: "retry", seconds: 2.5 })).toHaveLength(1);
        await bench.advance(2);
        expect(await pumped(bench)).toEqual([]);
        await bench.advance(1);
        expect(await pumped(bench)).toHaveLength(1);
      },
    },
    {
      promise: "retry hands it over again after so many seconds, counting",
      async prove(bench) {
        await bench.queue.send(wakeMessage("run-1"));
        expect(await pumped(bench, { kind: "retry", seconds: 10 })).toHaveLength(1);
        await bench.advance(9);
        expect(await pumped(bench)).toEqual([]);
        await bench.advance(1);
        expect(await pumped(bench)).toEqual([{ message: wakeMessage("run-1"), receiveCount: 2 }]);
      },
    },
    {
      promise: "a handler that throws is asked again, later",
      async prove(bench) {
        await bench.queue.send(wakeMessage("run-1"));
        expect(await pumped(bench, new Error("the forge is down"))).toHaveLength(1);
        expect(await pumped(bench)).toEqual([]);
        await bench.advance(longEnough);
        expect(await pumped(bench)).toEqual([{ message: wakeMessage("run-1"), receiveCount: 2 }]);
      },
    },
    {
      promise: "one message that fails does not hold up the others",
      async prove(bench) {
        for (const key of ["run-1", "run-2", "run-3"]) await bench.queue.send(wakeMessage(key));
        const done: string[] = [];
        await bench.pump(async (message) => {
          const key = message.kind === "wake" ? message.runKey : "";
          if (key === "run-2") throw new Error("only this one");
          done.push(key);
          return { kind: "done" };
        });
        expect(done.sort()).toEqual(["run-1", "run-3"]);
        await bench.advance(longEnough);
        expect(await pumped(bench)).toEqual([{ message: wakeMessage("run-2"), receiveCount: 2 }]);
      },
    },
    {
      promise: "a message whose handler died comes again after the visibility time, not before",
      async prove(bench) {
        await bench.queue.send(wakeMessage("run-1"));
        await bench.receiveAndDie();
        await bench.advance(bench.policy.visibilitySeconds - 1);
        expect(await pumped(bench)).toEqual([]);
        await bench.advance(1);
        expect(await pumped(bench)).toEqual([{ message: wakeMessage("run-1"), receiveCount: 2 }]);
      },
    },
    {
      promise: "poison goes to the dead letters at once, with its reason",
      async prove(bench) {
        await bench.queue.send(eventMessage());
        await pumped(bench, { kind: "poison", reason: "no forge is called nowhere" });
        const dead = [{ body: JSON.stringify(eventMessage()), reason: "no forge is called nowhere" }];
        expect(await bench.deadLetters.list(10)).toEqual(dead);
        expect(await bench.deadLetters.list(10)).toEqual(dead);
        await bench.advance(longEnough);
        expect(await pumped(bench)).toEqual([]);
      },
    },
    {
      promise: "a message handed over in vain as often as allowed becomes a dead letter",
      async prove(bench) {
        await bench.queue.send(wakeMessage("run-1"));
        const counts: number[] = [];
        for (let n = 0; n < bench.policy.maxReceives + 2; n++) {
          counts.push(...(await pumped(bench, { kind: "retry", seconds: 1 })).map(({ receiveCount }) => receiveCount));
          await bench.advance(longEnough);
        }
        expect(counts).toEqual(Array.from({ length: bench.policy.maxReceives }, (_, n) => n + 1));
        expect(await bench.deadLetters.list(10)).toMatchObject([{ body: JSON.stringify(wakeMessage("run-1")) }]);
      },
    },
    {
      promise: "a message whose handlers die again and again becomes a dead letter too",
      async prove(bench) {
        await bench.queue.send(wakeMessage("run-1"));
        for (let n = 0; n < bench.policy.maxReceives + 1; n++) {
          await bench.receiveAndDie();
          await bench.advance(longEnough);
        }
        expect(await pumped(bench)).toEqual([]);
        expect(await bench.deadLetters.list(10)).toHaveLength(1);
      },
    },
    {
      promise: "redrive gives every dead letter a fresh start and says how many there were",
      async prove(bench) {
        for (const key of ["run-1", "run-2"]) await bench.queue.send(wakeMessage(key));
        await pumped(bench, { kind: "poison", reason: "not today" });
        expect(await bench.deadLetters.redrive()).toBe(2);
        expect(await bench.deadLetters.list(10)).toEqual([]);
        expect((await pumped(bench)).map(({ receiveCount }) => receiveCount)).toEqual([1, 1]);
        expect(await bench.deadLetters.redrive()).toBe(0);
      },
    },
    {
      promise: "list of dead letters keeps to its limit",
      async prove(bench) {
        for (const key of ["run-1", "run-2", "run-3"]) await bench.queue.send(wakeMessage(key));
        await pumped(bench, { kind: "poison", reason: "not today" });
        expect(await bench.deadLetters.list(2)).toHaveLength(2);
      },
    },
  ],
};
