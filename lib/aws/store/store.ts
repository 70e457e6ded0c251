import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { DeployStore } from "../../core/deploy/deploy-ports.ts";
import type { Clock, Log, World } from "../../core/ports.ts";
import { requestLimits } from "../request-limits.ts";
import { dynamoAdoptions } from "./store-adoptions.ts";
import { dynamoDeploys } from "./store-deploys.ts";
import { dynamoJournal } from "./store-journal.ts";
import { dynamoLaunches } from "./store-launches.ts";
import { dynamoMachineRecords } from "./store-machine-records.ts";
import { dynamoRuns } from "./store-runs.ts";
import { storeTable } from "./store-table.ts";
import { dynamoTokens } from "./store-tokens.ts";

export interface DynamoStoreOptions {
  readonly tableName: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Region, endpoint and credentials; the environment's where it says nothing. */
  readonly client?: DynamoDBClientConfig;
}

/** Everything that an installation on AWS remembers, in one table (lib/aws/store/table.ts). */
export type DynamoStore = Pick<World, "runs" | "machineRecords" | "launches" | "adoptions" | "journal"> & DeployStore;

export function dynamoStore({ tableName, clock, log, client = {} }: DynamoStoreOptions): DynamoStore {
  const requestHandler = requestLimits(4_000);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler, ...client }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const table = storeTable(documents, tableName);
  return {
    runs: dynamoRuns(table, log),
    machineRecords: dynamoMachineRecords(table, log),
    launches: dynamoLaunches(table),
    adoptions: dynamoAdoptions(table, clock),
    journal: dynamoJournal(table, log),
    ...dynamoDeploys(table, log),
    tokens: dynamoTokens(table, log),
  };
}
