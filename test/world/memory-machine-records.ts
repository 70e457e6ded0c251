import type { MachineRecords } from "../../lib/core/ports.ts";
import type { Machine } from "../../lib/core/run/machine.ts";
import type { MemoryRuns } from "./memory-runs.ts";

export interface MemoryMachineRecords extends MachineRecords {
  all(): readonly Machine[];
}

/** Shares the runs' rows, because a claim writes both or neither. */
export function memoryMachineRecords(runs: MemoryRuns): MemoryMachineRecords {
  const rows = new Map<string, Machine>();

  function find(fits: (machine: Machine) => boolean): Machine | undefined {
    return [...rows.values()].find(fits);
  }

  return {
    all: () => [...rows.values()],
    async claim(machine, run, expectedVersion) {
      if (rows.has(machine.instanceId)) return "machine-known";
      if (!runs.saveNow(run, expectedVersion)) return "run-taken";
      rows.set(machine.instanceId, structuredClone(machine));
      return "ok";
    },
    async retire(machine) {
      if (rows.has(machine.instanceId)) return "machine-known";
      rows.set(machine.instanceId, structuredClone(machine));
      return "retired";
    },
    async get(instanceId) {
      return rows.get(instanceId);
    },
    async save(machine, expectedVersion) {
      if (rows.get(machine.instanceId)?.version !== expectedVersion) return "stale";
      rows.set(machine.instanceId, structuredClone({ ...machine, version: expectedVersion + 1 }));
      return "saved";
    },
    async byRunner(forge, runnerName) {
      return find((machine) => machine.forge === forge && machine.runnerName === runnerName);
    },
    async byToken(tokenHash) {
      return find((machine) => machine.tokenHash === tokenHash);
    },
    async live() {
      return [...rows.values()].filter((machine) => machine.endedAt === undefined);
    },
  };
}
