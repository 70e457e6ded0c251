import type { Launches } from "../../lib/core/ports.ts";
import type { Launch } from "../../lib/core/run/launch.ts";

export interface MemoryLaunches extends Launches {
  all(): readonly Launch[];
}

export function memoryLaunches(): MemoryLaunches {
  const rows = new Map<string, Launch>();
  return {
    all: () => [...rows.values()],
    async reserve(launch) {
      if (rows.has(launch.id)) return "exists";
      rows.set(launch.id, structuredClone(launch));
      return "reserved";
    },
    async get(id) {
      return rows.get(id);
    },
    async save(launch, expectedVersion) {
      if (rows.get(launch.id)?.version !== expectedVersion) return "stale";
      rows.set(launch.id, structuredClone({ ...launch, version: expectedVersion + 1 }));
      return "saved";
    },
  };
}
