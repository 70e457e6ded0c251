import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { FakeMachine } from "../fakes/ec2/account.ts";
import type { PlayedForge } from "../fakes/forges/played-forge.ts";
import type { Cloud } from "./cloud.ts";
import { type Installation, installation } from "./installation.ts";
import { bootId, send, signed } from "./machine-call.ts";
import { until } from "./until.ts";

/** Calls by step and operation. UPDATE=1 writes them; docs/benchmarks.md is generated from them. */
const file = "bench/aws-calls.json";

let installed: Installation;
let forge: PlayedForge;
let aws: Cloud;
beforeAll(async () => {
  installed = await installation("gitea", {
    played: true,
    profile: "image: ami-0123456789abcdef0, types: [c7g.large]",
  });
  ({ forge, aws } = installed);
});
afterAll(() => installed?.close());

type Counts = Readonly<Record<string, number>>;

/** What the functions call while something happens, until all of it has been handled. */
async function counted(act: () => Promise<unknown>): Promise<Counts> {
  aws.tap.reset();
  await act();
  await aws.idle();
  const names = aws.tap.calls.map(({ service, operation }) => `${service} ${operation}`).sort();
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

async function call(machine: FakeMachine, path: string, body: object): Promise<void> {
  const identity = aws.identities.assume(aws.deployed.runnerRole, machine.id);
  const { status } = await send(await signed(aws.gateway.url, identity, { path, body: JSON.stringify(body) }));
  expect([200, 204]).toContain(status);
}

/** One push of one job, from its delivery to the machine's end, one step after the other. */
async function onePush(): Promise<Readonly<Record<string, Counts>>> {
  const before = aws.account.machines.length;
  await forge.push({ quietly: true });
  const job = forge.jobs.at(-1);
  const push = await counted(() => forge.tellPush());
  const launch = await counted(() => forge.tellJob(job));
  const machine = aws.account.machines[before];
  if (!machine || !job) throw new Error("no machine was launched");
  const claim = await counted(() => call(machine, "/runner/claim", { bootId }));
  const runner = forge.runners().find((name) => name.includes(machine.id)) ?? "";
  Object.assign(job, { status: "in_progress", runner: { id: 1, name: runner } });
  const begin = await counted(() => forge.tellJob(job));
  Object.assign(job, { status: "completed", conclusion: "success" });
  const end = await counted(() => forge.tellJob(job));
  const exit = await counted(() => call(machine, "/runner/exit", { bootId, cause: "job-done", code: 0 }));
  const notice = await counted(async () => aws.account.powerOff(machine.id));
  const status = () => aws.table.store.runs.list({ limit: 10 }).then((runs) => runs.map((run) => run.status));
  await until(status, (seen) => seen.every((one) => one === "completed"));
  return { push, launch, claim, begin, end, exit, notice };
}

it("calls as often for a push as bench/aws-calls.json says; if this is red: UPDATE=1, read the difference, npm run docs", async () => {
  // The first one starts containers, and reads secrets that they keep.
  await onePush();
  const steps = await onePush();
  await aws.sweep();
  const sweep = await counted(() => aws.sweep());
  const found = { ...steps, "an idle sweep": sweep };
  // 5-09 What was counted has been written before the function answered: nothing runs after that.
  expect(aws.logs()).toMatch(/"MachinesLaunched":/);
  expect(aws.logs()).toMatch(/"RunsCompleted":/);
  // Every one of them by the rights that the template gives to the function which made it.
  expect(aws.tap.denied).toEqual([]);
  if (process.env.UPDATE === "1") writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
  expect(found).toEqual(JSON.parse(readFileSync(file, "utf8")));
});

it("starts a machine beside one that lives, with no right that the template does not give", async () => {
  const before = aws.account.machines.length;
  const demand = async () => {
    await forge.push({ quietly: true });
    return await counted(() => forge.tellJob(forge.jobs.at(-1)));
  };
  await demand();
  const first = aws.account.machines[before];
  if (!first) throw new Error("no machine was launched");
  await call(first, "/runner/claim", { bootId });
  const calls = await demand();
  expect(aws.account.machines).toHaveLength(before + 2);
  // Which machines live is asked with a call of its own, that no launch before the first machine makes.
  expect(calls["dynamodb BatchGetItem"]).toBeGreaterThan(0);
  expect(aws.tap.denied).toEqual([]);
});
