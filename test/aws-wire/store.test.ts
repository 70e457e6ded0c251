import { DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { WorldError } from "../../lib/core/errors.ts";
import {
  at,
  bootingRun,
  claimedMachine,
  endedRun,
  oneOfEach,
  pushDecision,
  queuedRun,
  receivedDelivery,
  reservedLaunch,
} from "../contracts/samples.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { type DynamoProxy, dynamoProxy } from "./dynamo-proxy.ts";
import { dynamoEndpoint, type TestTable, testTable } from "./dynamo-table.ts";

let proxy: DynamoProxy;
let table: TestTable;

beforeEach(async () => {
  proxy = await dynamoProxy(dynamoEndpoint());
  table = await testTable({ endpoint: proxy.url, clock: virtualClock(at) });
  proxy.reset();
});

afterEach(async () => {
  await table.close();
  await proxy.close();
});

async function items(): Promise<readonly Record<string, unknown>[]> {
  const { Items = [] } = await DynamoDBDocumentClient.from(table.client).send(
    new ScanCommand({ TableName: table.name }),
  );
  return Items;
}

async function claimOne(): Promise<void> {
  await table.store.runs.create(queuedRun());
  await table.store.machineRecords.claim(claimedMachine(), bootingRun(), 1);
}

describe("a run in the console", () => {
  it("is read under plain names, with times as people write them", async () => {
    await table.store.runs.create(bootingRun());
    const [item] = await items();
    expect(item).toMatchObject({
      record: "run#run-1",
      status: "booting",
      reason: "the push to main matches",
      reasonCode: "planned",
      repo: "acme/shop",
      jobName: 'test (20, "größer" 漢字)',
      labels: ["ubuntu-latest", "linux"],
      instanceId: "i-0abc1234def567890",
      deadline: "2026-01-01T12:40:00.000Z",
      nextAction: "a machine is launched",
      dueKind: "run",
      dueOn: "2026-01-01T12:01:00.000Z",
      listKind: "open run",
    });
  });
});

describe("expiry", () => {
  it("stands on runs that have ended, with nothing left to do, and on no other", async () => {
    const runs = [...oneOfEach(), endedRun({ key: "unreported", effects: [{ kind: "report" }] })];
    for (const run of runs) await table.store.runs.create(run);
    const expiring = (await items()).filter((item) => "expiry" in item);
    expect(expiring.map((item) => item.key).sort()).toEqual([
      "cancelled",
      "completed",
      "failed",
      "lost",
      "skipped",
      "timeout",
    ]);
    expect(expiring[0]?.expiry).toBe(endedRun().expiresAt / 1000);
  });

  it("stands on a machine only once it has ended, and never on a repository", async () => {
    await claimOne();
    await table.store.journal.saveRepository({ forge: "home", id: "42", name: "acme/shop", sendsJobEvents: true });
    const expiring = async () => (await items()).filter((item) => "expiry" in item).map((item) => item.record);
    const signposts = ["runner#home#dayfly-run-1-1", `token#${"a".repeat(64)}`];
    expect((await expiring()).sort()).toEqual(signposts);
    await table.store.machineRecords.save(claimedMachine({ endedAt: at }), 1);
    expect((await expiring()).sort()).toEqual(["machine#i-0abc1234def567890", ...signposts]);
  });

  it("stands on deliveries, decisions, launches and adoptions, which nothing waits for", async () => {
    const { journal, launches, adoptions } = table.store;
    await journal.recordDelivery(receivedDelivery());
    await journal.recordDecision(pushDecision());
    await launches.reserve(reservedLaunch());
    await adoptions.adopt("job-1", "run-1");
    const day = 24 * 3600;
    const daysLeft = Object.fromEntries(
      (await items()).map((item) => [
        String(item.record).split("#")[0],
        Math.floor((Number(item.expiry) - at / 1000) / day),
      ]),
    );
    expect(daysLeft).toEqual({ delivery: 30, decision: 30, launch: 30, adoption: 90 });
  });
});

describe("an answer that is lost after the write was done", () => {
  it("does not make a run of ours look like somebody else's", async () => {
    proxy.loseAnswer("PutItem");
    expect(await table.store.runs.create(queuedRun())).toBe("created");
    expect(await table.store.runs.create(queuedRun())).toBe("exists");
  });

  it("does not make our own save look stale", async () => {
    await table.store.runs.create(queuedRun());
    proxy.loseAnswer("PutItem");
    expect(await table.store.runs.save(endedRun(), 1)).toMatchObject({ kind: "saved" });
    expect(await table.store.runs.save(endedRun(), 1)).toMatchObject({ kind: "stale", current: { version: 2 } });
  });

  it("does not make our own claim look taken", async () => {
    await table.store.runs.create(queuedRun());
    proxy.loseAnswer("TransactWriteItems");
    expect(await table.store.machineRecords.claim(claimedMachine(), bootingRun(), 1)).toBe("ok");
    expect(await table.store.runs.get("run-1")).toEqual(bootingRun({ version: 2 }));
  });

  it.each(["reserve", "save"] as const)("does not spoil %s of a launch", async (method) => {
    const { launches } = table.store;
    if (method === "save") await launches.reserve(reservedLaunch());
    proxy.loseAnswer("PutItem");
    const answer = method === "save" ? launches.save(reservedLaunch(), 1) : launches.reserve(reservedLaunch());
    expect(await answer).toBe(method === "save" ? "saved" : "reserved");
  });
});

describe("a table that refuses", () => {
  it("is tried again by itself when it is throttled for a moment", async () => {
    proxy.refuse("PutItem", "ProvisionedThroughputExceededException", 1);
    expect(await table.store.runs.create(queuedRun())).toBe("created");
  });

  it.each([
    ["ProvisionedThroughputExceededException", true],
    ["ThrottlingException", true],
    ["InternalServerError", true],
    ["AccessDeniedException", false],
    ["ResourceNotFoundException", false],
  ])("with %s for good throws a WorldError, retryable: %s", async (error, retryable) => {
    for (const operation of ["PutItem", "GetItem", "Query", "TransactWriteItems"]) proxy.refuse(operation, error, 9);
    const { runs, machineRecords } = table.store;
    const failures = [
      () => runs.create(queuedRun()),
      () => runs.get("run-1"),
      () => runs.due(at, 1),
      () => machineRecords.claim(claimedMachine(), bootingRun(), 1),
    ];
    for (const fail of failures) {
      const failure = await fail().catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(WorldError);
      expect(failure).toMatchObject({ retryable, message: expect.stringContaining(error) });
    }
  });

  it("says of a row that is too large that trying again is useless", async () => {
    const huge = queuedRun({
      needs: Array.from({ length: 5000 }, (_, n) => ({ key: "k".repeat(90) + n, job: "build" })),
    });
    await expect(table.store.runs.create(huge)).rejects.toMatchObject({ name: "WorldError", retryable: false });
  });

  it("is asked again when two writers meet inside a transaction", async () => {
    await table.store.runs.create(queuedRun());
    proxy.refuse("TransactWriteItems", "TransactionInProgressException", 1);
    expect(await table.store.machineRecords.claim(claimedMachine(), bootingRun(), 1)).toBe("ok");
  });
});

describe("reads", () => {
  it("leave a row out that somebody has spoilt by hand, and say so", async () => {
    for (const key of ["good", "bad"]) await table.store.runs.create(queuedRun({ key }));
    const spoilt = (await items()).find((item) => item.key === "bad");
    const put = new PutCommand({ TableName: table.name, Item: { ...spoilt, status: "dancing" } });
    await DynamoDBDocumentClient.from(table.client).send(put);
    expect((await table.store.runs.open()).map((run) => run.key)).toEqual(["good"]);
    expect(table.log.lines).toMatchObject([{ level: "error", message: "a stored row is left out" }]);
    await expect(table.store.runs.get("bad")).rejects.toThrow("the stored run bad cannot be read: status: ");
  });

  it("cost one call each, and nothing is scanned for what is asked by key", async () => {
    await claimOne();
    proxy.reset();
    await table.store.runs.get("run-1");
    await table.store.runs.due(at + 900_000, 10);
    await table.store.runs.open("home/42");
    await table.store.machineRecords.byToken("a".repeat(64));
    expect(proxy.calls()).toEqual({ GetItem: 3, Query: 2 });
    expect(proxy.scanned()).toBe(2);
  });
});
