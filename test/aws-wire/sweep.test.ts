import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { runItem } from "../../lib/aws/store/store-runs.ts";
import { endedRun } from "../contracts/samples.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";
import { type DynamoProxy, dynamoProxy } from "./dynamo-proxy.ts";
import { dynamoEndpoint, type TestTable, testTable } from "./dynamo-table.ts";

/** The figure that design §10 names is 100,000: ENDED_ROWS=100000 npm run test:aws sweep (some minutes). */
const endedRows = Number(process.env.ENDED_ROWS ?? 3000);

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

async function fillWithHistory({ name, client }: TestTable, count: number): Promise<void> {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  for (let n = 0; n < count; n += 25) {
    const items = Array.from({ length: Math.min(25, count - n) }, (_, m) => runItem(endedRun({ key: `old-${n + m}` })));
    const RequestItems = { [name]: items.map((Item) => ({ PutRequest: { Item } })) };
    const { UnprocessedItems } = await documents.send(new BatchWriteCommand({ RequestItems }));
    expect(UnprocessedItems).toEqual({});
  }
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
