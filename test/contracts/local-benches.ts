import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usualRedelivery } from "../../lib/core/webhook/redelivery.ts";
import { type LocalStore, openStore } from "../../lib/local/store/store.ts";
import { memoryLog } from "../world/memory-log.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import type { QueueBench } from "./queue-contract.ts";
import type { StoreBench } from "./store-bench.ts";

function scratchStore(clock = virtualClock()): { store: LocalStore; close(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-store-"));
  const store = openStore({ path: join(folder, "store.db"), mode: "write", clock, log: memoryLog() });
  return {
    store,
    async close() {
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export async function localStore(): Promise<StoreBench> {
  const { store, close } = scratchStore();
  return { ...store, records: store.machineRecords, close };
}

export async function localQueueBench(): Promise<QueueBench & { close(): Promise<void> }> {
  const clock = virtualClock();
  const { store, close } = scratchStore(clock);
  const { queue } = store;
  return {
    queue,
    deadLetters: queue.deadLetters,
    policy: usualRedelivery,
    advance: async (seconds) => clock.advance(seconds),
    async pump(handler) {
      while (await queue.handleNext(handler));
    },
    async receiveAndDie() {
      const received = new Promise<void>((resolve) => {
        // Its handler never answers, as that of a dead process.
        void queue
          .handleNext(() => {
            resolve();
            return new Promise(() => {});
          })
          .then(() => resolve());
      });
      await received;
    },
    close,
  };
}
