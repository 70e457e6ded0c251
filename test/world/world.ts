import type { Config, Profile } from "../../lib/core/config/config.ts";
import type { DeployStore } from "../../lib/core/deploy/deploy-ports.ts";
import type { Forge } from "../../lib/core/forge.ts";
import type { World } from "../../lib/core/ports.ts";
import type { RedeliveryPolicy } from "../../lib/core/webhook/redelivery.ts";
import { memoryAdoptions } from "./memory-adoptions.ts";
import { type MemoryDeploys, type MemoryEnvironments, memoryDeploys } from "./memory-deploys.ts";
import { type MemoryForge, memoryForge } from "./memory-forge.ts";
import { memoryJournal } from "./memory-journal.ts";
import { type MemoryLaunches, memoryLaunches } from "./memory-launches.ts";
import { type MemoryLog, memoryLog } from "./memory-log.ts";
import { type MemoryMachineRecords, memoryMachineRecords } from "./memory-machine-records.ts";
import { type MemoryMachines, memoryMachines } from "./memory-machines.ts";
import { type MemoryQueue, memoryQueue } from "./memory-queue.ts";
import { type MemoryRuns, memoryRuns } from "./memory-runs.ts";
import { memorySecrets } from "./memory-secrets.ts";
import { memoryTokens } from "./memory-tokens.ts";
import { seededRandom } from "./seeded-random.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

/** A whole world in memory: the ports of production, and for each of them what a test wants to see and to steer. */
export interface MemoryWorld extends World, DeployStore {
  readonly clock: VirtualClock;
  readonly log: MemoryLog;
  readonly runs: MemoryRuns;
  readonly machineRecords: MemoryMachineRecords;
  readonly launches: MemoryLaunches;
  readonly deploys: MemoryDeploys;
  readonly environments: MemoryEnvironments;
  readonly queue: MemoryQueue;
  readonly machines: MemoryMachines;
  /** The forge called `home`. */
  readonly home: MemoryForge;
}

export interface MemoryWorldOptions {
  readonly seed?: number;
  readonly config?: Config;
  readonly clock?: VirtualClock;
  readonly redelivery?: RedeliveryPolicy;
  /** Forges beside `home`, by name. */
  readonly forges?: Readonly<Record<string, Forge>>;
}

export const smallProfile: Profile = {
  name: "small",
  labels: ["ubuntu-latest", "linux"],
  market: "spot",
  onDemandFallback: true,
  limits: { minutes: 30, idleMinutes: 5, bootMinutes: 5, machines: 20 },
};

export const testConfig: Config = {
  forges: [{ name: "home", kind: "gitea", url: "https://git.example.com", allow: [] }],
  profiles: [smallProfile],
};

export function memoryWorld(options: MemoryWorldOptions = {}): MemoryWorld {
  const clock = options.clock ?? virtualClock();
  const runs = memoryRuns(clock);
  const home = memoryForge({ clock });
  const forges = new Map<string, Forge>(Object.entries({ home, ...options.forges }));
  return {
    config: options.config ?? testConfig,
    clock,
    random: seededRandom(options.seed ?? 1),
    log: memoryLog(),
    runs,
    machineRecords: memoryMachineRecords(runs),
    launches: memoryLaunches(),
    journal: memoryJournal(),
    ...memoryDeploys(),
    tokens: memoryTokens(),
    adoptions: memoryAdoptions(),
    secrets: memorySecrets(),
    queue: memoryQueue(clock, options.redelivery),
    machines: memoryMachines(clock),
    forge: (name) => forges.get(name),
    home,
  };
}
