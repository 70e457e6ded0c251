import { randomUUID } from "node:crypto";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { type DynamoStore, dynamoStore } from "../../lib/aws/store/store.ts";
import { tableKeys } from "../../lib/aws/store/table.ts";
import type { Clock } from "../../lib/core/ports.ts";
import { type MemoryLog, memoryLog } from "../world/memory-log.ts";
import { virtualClock } from "../world/virtual-clock.ts";

const { partition, indexes, timeToLive } = tableKeys;

/** A fresh table on DynamoDB Local, made as the stack makes it. */
export interface TestTable {
  readonly name: string;
  /** How to reach it: with the real SDK, over HTTP. */
  readonly access: DynamoDBClientConfig;
  readonly client: DynamoDBClient;
  readonly store: DynamoStore;
  readonly log: MemoryLog;
  close(): Promise<void>;
}

export function dynamoEndpoint(): string {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (!endpoint) throw new Error("these suites are run by: npm run test:aws");
  return endpoint;
}

export interface TestTableOptions {
  readonly clock?: Clock;
  /** Instead of DynamoDB Local itself: something that stands in front of it. */
  readonly endpoint?: string;
  /** DynamoDB Local keeps the tables of each region and access key apart. */
  readonly region?: string;
}

export async function testTable(options: TestTableOptions = {}): Promise<TestTable> {
  const { clock = virtualClock(), endpoint = dynamoEndpoint(), region = "eu-test-1" } = options;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  // A loaded computer may keep an emulator waiting far longer than AWS ever does.
  const requestHandler = { connectionTimeout: 30_000, requestTimeout: 30_000 };
  const access: DynamoDBClientConfig = { endpoint, region, credentials, requestHandler };
  const client = new DynamoDBClient(access);
  const name = `dayfly-${randomUUID()}`;
  await client.send(new CreateTableCommand({ TableName: name, ...schema() }));
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
    }),
  );
  const log = memoryLog();
  return {
    name,
    access,
    client,
    log,
    store: dynamoStore({ tableName: name, clock, log, client: access }),
    async close() {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    },
  };
}

function schema() {
  const keys = [partition, ...Object.values(indexes).flatMap((index) => [index.partition, index.sort])];
  return {
    BillingMode: "PAY_PER_REQUEST" as const,
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
    KeySchema: [{ AttributeName: partition, KeyType: "HASH" as const }],
    GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, index]) => ({
      IndexName,
      KeySchema: [
        { AttributeName: index.partition, KeyType: "HASH" as const },
        { AttributeName: index.sort, KeyType: "RANGE" as const },
      ],
      Projection: { ProjectionType: index.projection },
    })),
  };
}
