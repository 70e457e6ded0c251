import type { DeployStore } from "../../core/deploy/deploy-ports.ts";
import type { Instant } from "../../core/event.ts";
import { isoOf } from "../../core/iso-time.ts";
import type { Clock, Log, World } from "../../core/ports.ts";
import { adoptionsKeptMs, recordsKeptMs } from "../../core/run/retention.ts";
import { type LocalQueue, localQueue } from "../queue.ts";
import { localAdoptions } from "./store-adoptions.ts";
import { localDeploys } from "./store-deploys.ts";
import { openStoreFile, type StoreFile, useFile } from "./store-file.ts";
import { localJournal } from "./store-journal.ts";
import { localLaunches } from "./store-launches.ts";
import { localMachineRecords } from "./store-machine-records.ts";
import { localRuns } from "./store-runs.ts";
import { localTokens } from "./store-tokens.ts";

const HOUR_MS = 3600_000;

/** Everything that this computer remembers, and its queue. */
export interface LocalStore
  extends Pick<World, "runs" | "machineRecords" | "launches" | "adoptions" | "journal">,
    DeployStore {
  readonly queue: LocalQueue;
  /** Drops what has ended long ago; open work is never touched. Looks at most once an hour, however often it is called. */
  forgetExpired(): void;
  close(): void;
}

export interface StoreOptions {
  /** The file; its folder is made where there is none. */
  readonly path: string;
  /** `read` changes nothing, writes fail, and another process may be writing meanwhile. */
  readonly mode: "write" | "read";
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The store of one computer: one file, safe against kill -9 and power cuts once a write is acknowledged,
 * shared by any number of processes.
 *
 * @throws UserError with one sentence where the file cannot be used
 */
export function openStore({ path, mode, clock, log }: StoreOptions): LocalStore {
  const file = openStoreFile(path, mode);
  const runs = localRuns(file, log);
  let lookAgainAt = 0;
  return {
    runs,
    machineRecords: localMachineRecords(file, runs, log),
    launches: localLaunches(file),
    adoptions: localAdoptions(file, clock),
    journal: localJournal(file, log),
    ...localDeploys(file, log),
    tokens: localTokens(file, log),
    queue: localQueue(file, { clock, log }),
    forgetExpired() {
      const now = clock.now();
      if (now < lookAgainAt) return;
      lookAgainAt = now + HOUR_MS;
      useFile(() => file.transaction(() => forgetExpired(file, now)).immediate());
    },
    close: () => void file.close(),
  };
}

function forgetExpired(file: StoreFile, now: Instant): void {
  const recordsEnd = isoOf(now - recordsKeptMs);
  file.prepare("DELETE FROM runs WHERE expiresAt < ? AND dueAt IS NULL").run(isoOf(now));
  file.prepare("DELETE FROM machines WHERE endedAt < ?").run(recordsEnd);
  file.prepare("DELETE FROM launches WHERE deadline < ?").run(recordsEnd);
  file.prepare("DELETE FROM deliveries WHERE at < ?").run(recordsEnd);
  file.prepare("DELETE FROM decisions WHERE at < ?").run(recordsEnd);
  file.prepare("DELETE FROM adoptions WHERE at < ?").run(isoOf(now - adoptionsKeptMs));
}
