import type { DeployStore } from "../../lib/core/deploy/deploy-ports.ts";
import { type AdoptionsBench, adoptionsContract } from "./adoptions-contract.ts";
import type { MakeBench } from "./contract.ts";
import { deploysContract } from "./deploys-contract.ts";
import { type JournalBench, journalContract } from "./journal-contract.ts";
import { type LaunchesBench, launchesContract } from "./launches-contract.ts";
import { type MachineRecordsBench, machineRecordsContract } from "./machine-records-contract.ts";
import { type RunsBench, runsContract } from "./runs-contract.ts";
import { tokensContract } from "./tokens-contract.ts";

/** Everything that one store keeps. */
export type StoreBench = RunsBench &
  MachineRecordsBench &
  LaunchesBench &
  AdoptionsBench &
  JournalBench &
  DeployStore & { close(): Promise<void> };

export function storeContracts(adapter: string, make: MakeBench<StoreBench>): void {
  runsContract(adapter, make);
  machineRecordsContract(adapter, make);
  launchesContract(adapter, make);
  adoptionsContract(adapter, make);
  journalContract(adapter, make);
  deploysContract(adapter, make);
  tokensContract(adapter, make);
}
