import { type AdoptionsBench, adoptionsContract } from "./adoptions-contract.ts";
import type { MakeBench } from "./contract.ts";
import { type JournalBench, journalContract } from "./journal-contract.ts";
import { type LaunchesBench, launchesContract } from "./launches-contract.ts";
import { type MachineRecordsBench, machineRecordsContract } from "./machine-records-contract.ts";
import { type RunsBench, runsContract } from "./runs-contract.ts";

/** Everything that one store keeps. */
export type StoreBench = RunsBench &
  MachineRecordsBench &
  LaunchesBench &
  AdoptionsBench &
  JournalBench & { close(): Promise<void> };

export function storeContracts(adapter: string, make: MakeBench<StoreBench>): void {
  runsContract(adapter, make);
  machineRecordsContract(adapter, make);
  launchesContract(adapter, make);
  adoptionsContract(adapter, make);
  journalContract(adapter, make);
}
