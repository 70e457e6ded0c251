import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { runItem } from "../../lib/aws/store/store-runs.ts";
import { tableKeys } from "../../lib/aws/store/table.ts";
import { endedRun } from "../contracts/samples.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";
import { type DynamoProxy, dynamoProxy } from "./dynamo-proxy.ts";
import { dynamoEndpoint, type TestTable, testTable } from "./dynamo-table.ts";

const { partition, indexes, timeToLive } = tableKeys;

/** DynamoDB Local takes about half a millisecond for each, however they are sent: this file is a minute of the suite. */
const endedRows = 100_000;

let proxy: DynamoProxy;
const tables: TestTable[] = [];

beforeEach(async () => {
  proxy = await dynamoProxy(dynamoEndpoint());
});

afterEach(async () => {
  for (const table of tables.splice(0)) await table.close();
  await proxy.close();
});

/** A world whose store is DynamoDB; everything else is in memory. */
async function dynamoWorld(): Promise<{ world: MemoryWorld; table: TestTable }> {
  const clock = virtualClock();
  const table = await testTable({ clock, endpoint: proxy.url });
  tables.push(table);
  // The memory stores' own views (`all`) are not used here.
  return { table, world: { ...memoryWorld({ clock }), ...table.store } as MemoryWorld };
}

const keyAttributes = Object.values(indexes).flatMap((index) => [index.partition, index.sort]);
const seenAttributes: readonly string[] = [partition, ...keyAttributes, timeToLive];

/** An ended row with what the table's keys and indexes see of it, and no more: that is all that a read can stumble over. */
function lightRow(n: number): Record<string, AttributeValue> {
  const whole = runItem(endedRun({ key: `old-${n}` }));
  const seen = seenAttributes.filter((attribute) => attribute in whole);
  return Object.fromEntries(seen.map((attribute) => [attribute, attributeValue(whole[attribute])]));
}

function attributeValue(value: unknown): AttributeValue {
  return typeof value === "number" ? { N: `${value}` } : { S: String(value) };
}

async function fillWithHistory({ name, access }: TestTable, count: number): Promise<void> {
  // Straight to the table: the proxy is for the sweep.
  const client = new DynamoDBClient({ ...access, endpoint: dynamoEndpoint() });
  let filled = 0;
  async function fill(): Promise<void> {
    while (filled < count) {
      const from = filled;
      filled = Math.min(count, from + 25);
      const puts = Array.from({ length: filled - from }, (_, n) => ({ PutRequest: { Item: lightRow(from + n) } }));
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
      expect(UnprocessedItems).toEqual({});
    }
  }
  await Promise.all([fill(), fill(), fill()]);
  client.destroy();
}

/** Five jobs in different states: waiting for a machine, claimed, overdue. Then one sweep, an hour later. */
async function costOfSweep(ended: number) {
  const { world, table } = await dynamoWorld();
  for (let n = 0; n < 5; n++) {
    const job = { id: `${n}`, name: `build ${n}`, labels: ["linux"], headSha: "a".repeat(40) };
    const envelope = world.home.queueJob({ id: "7", name: "acme/shop" }, job);
    await dispatch(world, { v: 1, kind: "event", envelope }, 1);
  }
  for (const { instanceId } of world.machines.all().slice(0, 2)) await claim(world, { instanceId }, "boot");
  await fillWithHistory(table, ended);
  world.clock.advance(3600);
  proxy.reset();
  const { errors, due } = await sweep(world);
  return { errors, due, calls: proxy.calls(), scanned: proxy.scanned() };
}

describe("a sweep over the table", () => {
  it(`reads the same with no ended row and with ${endedRows}`, async () => {
    const without = await costOfSweep(0);
    const among = await costOfSweep(endedRows);
    process.stdout.write(`one sweep over five open runs: ${JSON.stringify(without)}\n`);
    expect(without).toMatchObject({ errors: 0, due: 5 });
    expect(without.scanned).toBeGreaterThan(0);
    expect(among).toEqual(without);
  }, 1_800_000);
});
