import { usualRedelivery } from "../../lib/core/webhook/redelivery.ts";
import { memoryAdoptions } from "../world/memory-adoptions.ts";
import { memoryDeploys } from "../world/memory-deploys.ts";
import { memoryJournal } from "../world/memory-journal.ts";
import { memoryLaunches } from "../world/memory-launches.ts";
import { memoryMachineRecords } from "../world/memory-machine-records.ts";
import { memoryMachines } from "../world/memory-machines.ts";
import { memoryQueue } from "../world/memory-queue.ts";
import { memoryRuns } from "../world/memory-runs.ts";
import { memoryTokens } from "../world/memory-tokens.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { smallProfile } from "../world/world.ts";
import type { MachinesBench } from "./machines-contract.ts";
import type { QueueBench } from "./queue-contract.ts";
import type { StoreBench } from "./store-bench.ts";

const nothing = async () => {};

export async function memoryStore(): Promise<StoreBench> {
  const runs = memoryRuns(virtualClock());
  return {
    runs,
    records: memoryMachineRecords(runs),
    launches: memoryLaunches(),
    adoptions: memoryAdoptions(),
    journal: memoryJournal(),
    ...memoryDeploys(),
    tokens: memoryTokens(),
    close: nothing,
  };
}

export async function memoryQueueBench(): Promise<QueueBench & { close(): Promise<void> }> {
  const clock = virtualClock();
  const queue = memoryQueue(clock);
  return {
    queue,
    deadLetters: queue.deadLetters,
    policy: usualRedelivery,
    advance: async (seconds) => clock.advance(seconds),
    async pump(handler) {
      await queue.pump(handler);
    },
    async receiveAndDie() {
      queue.receive();
    },
    close: nothing,
  };
}

export async function memoryMachinesBench(): Promise<MachinesBench & { close(): Promise<void> }> {
  const clock = virtualClock();
  return { machines: memoryMachines(clock), profile: smallProfile, now: clock.now, settled: nothing, close: nothing };
}
