import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { jsonApi } from "../../lib/aws/json-api.ts";
import { ec2Machines } from "../../lib/aws/machines.ts";
import { sqsQueue } from "../../lib/aws/queue.ts";
import { consume } from "../../lib/aws/queue-consumer.ts";
import { dynamoStore } from "../../lib/aws/store/store.ts";
import type { World } from "../../lib/core/ports.ts";
import type { Run } from "../../lib/core/run/run.ts";
import { ec2Plan, fakeEc2Client } from "../aws/ec2-world.ts";
import { type Ec2Account, type Ec2Switches, ec2Account } from "../fakes/ec2/account.ts";
import { ec2Server } from "../fakes/ec2/ec2-server.ts";
import { sqsServer } from "../fakes/sqs-server.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { memoryWorld, smallProfile, testConfig } from "../world/world.ts";
import { dynamoEndpoint, testTable } from "./dynamo-table.ts";
import { type WireTap, wireTap } from "./wire-tap.ts";

/** A dispatcher whose every call to AWS passes a tap, and the time after its death, in virtual minutes. */
export interface CrashBench {
  readonly tap: WireTap;
  readonly account: Ec2Account;
  /** Takes what lies in the queue, as the function does. */
  poll(): Promise<void>;
  /** Minutes pass: machines claim when they have booted, messages come again, the sweep looks in. */
  live(minutes: number): Promise<void>;
  runs(): Promise<readonly Run[]>;
  close(): Promise<void>;
}

export interface CrashOptions {
  readonly replay: Ec2Switches["replay"];
  /** Minutes from switching a machine on to its claim. */
  readonly bootMinutes: number;
  /** Minutes after the crash of the first sweep that works. */
  readonly sweepAfter: number;
}

/** A stock image installs its tools before it claims. */
const slowProfile = { ...smallProfile, limits: { ...smallProfile.limits, bootMinutes: 14 } };
const sha = "a".repeat(40);
const workflow = "on: push\njobs:\n  one: { runs-on: linux, steps: [] }\n  two: { runs-on: linux, steps: [] }\n";

/** One push of two jobs lies in the queue. */
export async function crashBench(options: CrashOptions): Promise<CrashBench> {
  const clock = virtualClock();
  const table = await testTable({ clock });
  const account = ec2Account(clock, { replay: options.replay });
  const ec2 = await ec2Server(account);
  const sqs = await sqsServer(clock, { visibilitySeconds: 360, maxReceives: 5 });
  const tap = await wireTap({ dynamodb: dynamoEndpoint(), ec2: ec2.url, sqs: sqs.url });
  const memory = memoryWorld({ clock, config: { ...testConfig, profiles: [slowProfile] } });
  const access = { region: "eu-test-1", accessKeyId: "test", secretAccessKey: "test" };
  const queue = sqsQueue(jsonApi("sqs", { ...access, endpoint: tap.urls.sqs }), {
    queue: sqs.queueUrl,
    deadLetters: sqs.deadLetterUrl,
  });
  const client = fakeEc2Client(tap.urls.ec2 ?? "");
  // Retries of the SDK would only make a dead process slower.
  const store = { ...table.access, endpoint: tap.urls.dynamodb, maxAttempts: 1 };
  const world: World = {
    ...memory,
    ...dynamoStore({ tableName: table.name, clock, log: memory.log, client: store }),
    queue,
    machines: ec2Machines({
      launcher: client,
      ec2: client,
      clock,
      stack: "test",
      plan: async (_profile, market) => ec2Plan({ market }),
      pause: async (milliseconds) => clock.advance(milliseconds / 1000),
    }),
  };
  memory.home.source.commitFiles(sha, { files: { ".gitea/workflows/build.yml": workflow } });
  const push = { ref: "refs/heads/main", before: "0".repeat(40), after: sha };
  await queue.send({ v: 1, kind: "event", envelope: memory.home.pushed({ id: "7", name: "acme/shop" }, push) });
  const claimed = new Set<string>();

  async function poll(): Promise<void> {
    for (let taken = sqs.receive(5); taken.length > 0; taken = sqs.receive(5)) {
      const records = taken.map(({ id, body, receiptHandle, receives }) => ({
        messageId: id,
        receiptHandle,
        body,
        attributes: { ApproximateReceiveCount: `${receives}` },
      }));
      const answer = await consume(
        records,
        (message, count) => dispatch(world, message, count),
        queue,
        () => 60_000,
        () => undefined,
      );
      const failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      for (const { messageId, receiptHandle } of records) if (!failed.includes(messageId)) sqs.delete(receiptHandle);
    }
  }

  async function boot(): Promise<void> {
    for (const { id, startedAt, endedAt } of account.machines) {
      if (endedAt !== undefined || claimed.has(id) || clock.now() - startedAt < options.bootMinutes * 60_000) continue;
      const { status } = await claim(world, { instanceId: id }, `boot of ${id}`);
      if (status === 200) claimed.add(id);
      else if (status === 409) account.powerOff(id);
    }
  }

  return {
    tap,
    account,
    poll,
    async live(minutes) {
      for (let minute = 1; minute <= minutes; minute++) {
        clock.advance(60);
        await boot();
        await poll();
        if (minute >= options.sweepAfter && (minute - options.sweepAfter) % 5 === 0) await sweep(world);
      }
    },
    runs: () => table.store.runs.list({ limit: 10 }),
    async close() {
      client.destroy();
      await tap.close();
      await Promise.all([table.close(), ec2.close(), sqs.close()]);
    },
  };
}
