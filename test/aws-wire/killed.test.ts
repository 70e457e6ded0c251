import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { FakeMachine } from "../fakes/ec2/account.ts";
import type { PlayedForge, PlayedJob } from "../fakes/forges/played-forge.ts";
import type { Cloud } from "./cloud.ts";
import { type Installation, installation } from "./installation.ts";
import { bootId, type MachineAnswer, send, signed } from "./machine-call.ts";

let installed: Installation;
let forge: PlayedForge;
let aws: Cloud;
beforeAll(async () => {
  installed = await installation("gitea", { played: true });
  ({ forge, aws } = installed);
});
afterAll(() => installed?.close());

const rowsOf = async ({ id }: PlayedJob) =>
  (await aws.table.store.runs.list({ limit: 500 })).filter(({ forgeJobId }) => forgeJobId === `${id}`);

/** As the machine's scripts do: three tries, and an answer that never came counts as one. */
async function call({ id }: FakeMachine, path: string, body: object): Promise<MachineAnswer> {
  const identity = aws.identities.assume(aws.deployed.runnerRole, id);
  let answer: MachineAnswer = { status: 0 };
  for (let tries = 0; tries < 3; tries++) {
    answer = await send(await signed(aws.gateway.url, identity, { path, body: JSON.stringify(body) }));
    if (answer.status < 500) break;
  }
  return answer;
}

/** Minutes pass: what a dead function held comes back to the queue, and the sweep looks in. */
async function heal(isWell: () => Promise<boolean> | boolean): Promise<void> {
  await aws.quiet();
  for (let rounds = 0; rounds < 4 && !(await isWell()); rounds++) {
    aws.later(7);
    await aws.quiet();
    await aws.sweep().catch(() => undefined);
    await aws.quiet();
  }
}

/** What Gitea's runner says with the identity that the claim handed over. */
async function runner({ registration }: MachineAnswer, procedure: string, body: object): Promise<void> {
  const { uuid, token, address } = JSON.parse(registration?.runnerFile ?? "{}");
  const headers = { "x-runner-uuid": uuid, "x-runner-token": token };
  const url = `${address}/api/actions/runner.v1.RunnerService/${procedure}`;
  const { status } = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  expect({ procedure, status }).toEqual({ procedure, status: 200 });
  await aws.quiet();
}

/** One job from its delivery to its machine's end, and a sweep. The forge says every word once. */
async function life() {
  const before = aws.account.machines.length;
  const mine = () => aws.account.machines.slice(before);
  await forge.push({ quietly: true });
  const job = forge.jobs.at(-1) as PlayedJob;
  await forge.tellJob(job);
  await heal(() => mine().length > 0);
  const [machine] = mine();
  if (!machine) return { machines: 0 };

  const claim = await call(machine, "/runner/claim", { bootId });
  if (claim.status !== 200) return { machines: mine().length, claim };
  await runner(claim, "FetchTask", {});
  await runner(claim, "UpdateTask", { state: { id: `${job.id}`, result: "RESULT_SUCCESS" } });
  const exit = await call(machine, "/runner/exit", { bootId, cause: "job-done", code: 0 });
  aws.account.powerOff(machine.id);
  await heal(async () => (await rowsOf(job)).every(({ status }) => status === "completed"));
  await aws.sweep().catch(() => undefined);
  return {
    machines: mine().length,
    exit: exit.status,
    rows: (await rowsOf(job)).map((run) => `${run.status}: ${"conclusion" in run && run.conclusion}`),
    registrations: forge.runners(),
    open: (await aws.table.store.runs.open()).length + (await aws.table.store.machineRecords.live()).length,
    deadLetters: aws.sqs.size(aws.sqs.deadLetterUrl),
  };
}

it("1-07 6-02 whichever call the uploaded code is killed at, one machine serves the job and nothing is left", async () => {
  // The first one starts containers, and reads secrets that they keep.
  await life();
  aws.tap.reset();
  const calm = await life();
  const calls = [...aws.tap.calls];
  expect(calm).toEqual({
    machines: 1,
    exit: 204,
    rows: ["completed: success"],
    registrations: [],
    open: 0,
    deadLetters: 0,
  });

  const wrong: unknown[] = [];
  const killed = new Set<string>();
  for (const [place, { service, operation }] of calls.entries()) {
    aws.tap.reset();
    aws.tap.killAt(place, (container) => {
      killed.add(container);
      aws.kill(container);
    });
    const found = await life();
    if (JSON.stringify(found) !== JSON.stringify(calm))
      wrong.push({ call: `${place} ${service} ${operation}`, ...found });
  }
  process.stdout.write(`${killed.size} containers killed at ${calls.length} calls\n`);
  expect(wrong).toEqual([]);
  // Reads that race each other may leave out the last of them.
  expect(killed.size).toBeGreaterThan(0.9 * calls.length);
}, 1_200_000);
