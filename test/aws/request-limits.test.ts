import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ec2Machines } from "../../lib/aws/machines.ts";
import { requestLimits } from "../../lib/aws/request-limits.ts";
import { dynamoStore } from "../../lib/aws/store/store.ts";
import { memoryLog } from "../world/memory-log.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { ec2Launch, ec2Plan } from "./ec2-world.ts";

/** It takes a call and never answers. */
const silent = createServer(() => undefined);
const credentials = { accessKeyId: "AKIAFAKE", secretAccessKey: "fake" };
let access: { region: string; endpoint: string; credentials: typeof credentials; maxAttempts: number };

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  access = { region: "eu-test-1", endpoint, credentials, maxAttempts: 1 };
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});

describe("a service that never answers", () => {
  it("is given up by the store, as a failure that may pass", async () => {
    const client = { ...access, requestHandler: requestLimits(100) };
    const store = dynamoStore({ tableName: "runs", clock: virtualClock(), log: memoryLog(), client });
    await expect(store.runs.get("a")).rejects.toMatchObject({ name: "WorldError", retryable: true });
  });

  it("6-02 leaves a launch unknown: its machines may exist", async () => {
    const ec2 = new EC2Client({ ...access, requestHandler: requestLimits(100) });
    const clock = virtualClock();
    const plan = async () => ec2Plan();
    const machines = ec2Machines({ launcher: ec2, ec2, clock, stack: "test", plan, pause: async () => undefined });
    expect(await machines.launch(ec2Launch({ clock }))).toMatchObject({ kind: "unknown" });
    ec2.destroy();
  });
});

it("every client of the SDK that this program makes has such limits", () => {
  const sources = ["lib", "lambdas"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const makers = sources
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => /new (?!Aws)\w+Client\(/.test(readFileSync(path, "utf8")));
  expect(makers.length).toBeGreaterThan(5);
  expect(makers.filter((path) => !/requestLimits\(\d/.test(readFileSync(path, "utf8")))).toEqual([]);
});
