import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import Database from "libsql";
import type { Message, MessageHandler } from "../../lib/core/ports.ts";
import { type Pump, startPump } from "../../lib/local/pump.ts";
import type { LocalQueue } from "../../lib/local/queue.ts";
import { type LocalStore, openStore } from "../../lib/local/store/store.ts";
import { wakeMessage } from "../contracts/samples.ts";
import { memoryLog } from "../world/memory-log.ts";

const log = memoryLog();
let folder: string;
let store: LocalStore;
let pump: Pump | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-queue-"));
  store = open();
});

afterEach(async () => {
  await pump?.stop();
  pump = undefined;
  store.close();
  rmSync(folder, { recursive: true });
});

function open(): LocalStore {
  return openStore({ path: join(folder, "store.db"), mode: "write", clock: { now: Date.now }, log });
}

/** Starts a pump whose handler tells what it was given; the promise resolves when `count` messages came. */
function pumping(count: number, handler: MessageHandler = async () => ({ kind: "done" }), queue = store.queue) {
  const messages: Message[] = [];
  const came = new Promise<void>((resolve) => {
    pump = startPump({
      queue,
      log,
      handler: async (message, receiveCount) => {
        messages.push(message);
        if (messages.length === count) resolve();
        return handler(message, receiveCount);
      },
    });
  });
  return { messages, came };
}

describe("startPump", () => {
  it("hands over what waited and what is sent while it runs, also by another process", async () => {
    await store.queue.send(wakeMessage("before"));
    const { messages, came } = pumping(3);
    await store.queue.send(wakeMessage("here"));
    const elsewhere = open();
    await elsewhere.queue.send(wakeMessage("elsewhere"));
    elsewhere.close();
    await came;
    expect(messages.map((message) => message.kind === "wake" && message.runKey).sort()).toEqual([
      "before",
      "elsewhere",
      "here",
    ]);
  });

  it("is not held up by one slow message", async () => {
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    for (const key of ["slow", "quick-1", "quick-2"]) await store.queue.send(wakeMessage(key));
    const { came } = pumping(3, async (message) => {
      if (message.kind === "wake" && message.runKey === "slow") await slow;
      return { kind: "done" };
    });
    await came;
    finish();
  });

  it("takes up at once what a killed process had in hand, with the next receive count", async () => {
    await store.queue.send(wakeMessage("run-1"));
    void store.queue.handleNext(() => new Promise(() => {}));
    const restarted = Date.now();
    const counts: number[] = [];
    const { came } = pumping(1, async (_message, receiveCount) => {
      counts.push(receiveCount);
      return { kind: "done" };
    });
    await came;
    expect(counts).toEqual([2]);
    expect(Date.now() - restarted).toBeLessThan(20_000);
  });

  it("stop waits for the message in hand and takes no other", async () => {
    for (const key of ["run-1", "run-2", "run-3", "run-4", "run-5", "run-6"]) await store.queue.send(wakeMessage(key));
    const { messages, came } = pumping(1);
    await came;
    await pump?.stop();
    const handed = messages.length;
    await store.queue.send(wakeMessage("later"));
    expect(messages).toHaveLength(handed);
    expect(handed).toBeLessThan(7);
  });

  it("survives a store that fails for a moment", async () => {
    let failures = 2;
    const failing: LocalQueue = {
      ...store.queue,
      handleNext: async (handler) => {
        if (failures-- > 0) throw new Error("disk full");
        return store.queue.handleNext(handler);
      },
    };
    const { came } = pumping(1, undefined, failing);
    await store.queue.send(wakeMessage("run-1"));
    await came;
    expect(log.lines.filter(({ message }) => message === "the queue could not be used")).toHaveLength(2);
  });
});

describe("the local queue", () => {
  it("gives up a body that is no message of ours, and says so", async () => {
    const file = new Database(join(folder, "store.db"));
    file
      .prepare("INSERT INTO messages (body, sentAt, dueAt, receiveCount, held) VALUES (?, ?, ?, 0, 0)")
      .run('{"v":2}', "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z");
    file.close();
    expect(await store.queue.handleNext(async () => ({ kind: "done" }))).toBe(true);
    expect(await store.queue.deadLetters.list(5)).toEqual([
      { body: '{"v":2}', reason: "it is not a message of Dayfly" },
    ]);
  });

  it("ignores the answer of a handler that came back after its time", async () => {
    await store.queue.send(wakeMessage("run-1"));
    let answerLate = () => {};
    const late = store.queue.handleNext(
      () =>
        new Promise((resolve) => {
          answerLate = () => resolve({ kind: "retry", seconds: 900 });
        }),
    );
    store.queue.releaseHeld();
    let answerNow = () => {};
    const second = store.queue.handleNext(
      () =>
        new Promise((resolve) => {
          answerNow = () => resolve({ kind: "retry", seconds: 0 });
        }),
    );
    answerNow();
    await second;
    answerLate();
    await late;
    const counts: number[] = [];
    await store.queue.handleNext(async (_message, receiveCount) => {
      counts.push(receiveCount);
      return { kind: "done" };
    });
    expect(counts).toEqual([3]);
  });
});
