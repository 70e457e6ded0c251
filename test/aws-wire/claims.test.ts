import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FakeMachine } from "../fakes/ec2/account.ts";
import type { PlayedForge } from "../fakes/forges/played-forge.ts";
import type { Cloud } from "./cloud.ts";
import { type Installation, installation } from "./installation.ts";
import { bootId, type CallChanges, type SignedCall, send, signed } from "./machine-call.ts";
import { until } from "./until.ts";

let installed: Installation;
let forge: PlayedForge;
let aws: Cloud;
beforeAll(async () => {
  installed = await installation("gitea", {
    played: true,
    profile: "image: ami-0123456789abcdef0, types: [c7g.large], limits: { machines: 500 }",
  });
  ({ forge, aws } = installed);
});
afterAll(() => installed?.close());

/** A push, and the machine that was launched for its job. */
async function launched(): Promise<FakeMachine> {
  const before = aws.account.machines.length;
  await forge.push();
  const machines = await until(
    () => aws.account.machines,
    (all) => all.length > before,
  );
  const machine = machines[before];
  if (!machine) throw new Error("no machine");
  await until(
    () => aws.table.store.runs.list({ limit: 500 }),
    (runs) => runs.every(({ status }) => status !== "launching" && status !== "queued"),
  );
  return machine;
}

const identity = (session: string, role = aws.deployed.runnerRole) => aws.identities.assume(role, session);
const callOf = (session: string, changes?: CallChanges, role?: string) =>
  signed(aws.gateway.url, identity(session, role), changes);
const claimAs = async (session: string, changes?: CallChanges, role?: string) =>
  send(await callOf(session, changes, role));
const rowOf = async ({ id }: FakeMachine) =>
  (await aws.table.store.runs.list({ limit: 500 })).find((run) => "instanceId" in run && run.instanceId === id);
const registered = ({ id }: FakeMachine) => forge.runners().filter((name) => name.includes(id));
const bound = async () =>
  (await aws.table.store.runs.list({ limit: 500 })).flatMap((run) => ("instanceId" in run ? [run.instanceId] : []));
const statusOf = async (job: number) =>
  (await aws.table.store.runs.list({ limit: 500 })).find(({ forgeJobId }) => forgeJobId === `${job}`)?.status;

/** The forge gives a job, the newest if none is named, to that machine's runner, and we hear of it. */
async function begin(machine: FakeMachine, job = forge.jobs.at(-1)): Promise<void> {
  const [name = ""] = registered(machine);
  if (!job) throw new Error("nobody has pushed yet");
  Object.assign(job, { status: "in_progress", runner: { id: 1, name } });
  await forge.tellJob(job);
  await until(
    () => statusOf(job.id),
    (status) => status === "running",
  );
}

/** One more machine that EC2 has started with the same tags, but for those that are changed. */
function twinOf(machine: FakeMachine, changes: Readonly<Record<string, string>> = {}): FakeMachine {
  const tags = machine.tags.map(({ key, value }) => ({ key, value: changes[key] ?? value }));
  const twin = { ...machine, tags, id: machine.id.replace("i-0", "i-f") };
  (aws.account.machines as FakeMachine[]).push(twin);
  return twin;
}

const terminated = () =>
  aws.ec2.calls
    .filter(({ action }) => action === "TerminateInstances")
    .flatMap(({ query }) => Object.values(query.InstanceId ?? {}));

describe("6-02 one delivery, sent fifty times at once", () => {
  it("launches one machine, whichever containers get the copies", async () => {
    const machine = await launched();
    const rows = await aws.table.store.runs.list({ limit: 500 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => forge.hooks.again()));
    expect(new Set(answers)).toEqual(new Set([202]));
    await until(
      () => aws.sqs.size(aws.sqs.queueUrl),
      (waiting) => waiting === 0,
      120_000,
    );
    expect(aws.account.machines).toEqual([machine]);
    expect(await aws.table.store.runs.list({ limit: 500 })).toHaveLength(rows.length);
  });

  it("launches one machine, when none of the fifty is the first", async () => {
    const before = aws.account.machines.length;
    await forge.push({ quietly: true });
    await Promise.all(Array.from({ length: 50 }, () => forge.tellJob()));
    await until(
      () => aws.sqs.size(aws.sqs.queueUrl),
      (waiting) => waiting === 0,
      120_000,
    );
    expect(aws.account.machines).toHaveLength(before + 1);
  });
});

describe("6-03 a claim", () => {
  it("by the machine that was launched binds its run and hands over one registration", async () => {
    const machine = await launched();
    const answer = await claimAs(machine.id);
    expect(answer).toMatchObject({ status: 200, registration: { kind: "gitea" } });
    expect(await rowOf(machine)).toMatchObject({ key: answer.runKey, status: "booting" });
    expect(registered(machine)).toEqual([answer.runner]);
  });

  it("by the same boot again takes the first registration back", async () => {
    const machine = await launched();
    const first = await claimAs(machine.id);
    const second = await claimAs(machine.id);
    expect(second).toMatchObject({ status: 200, runKey: first.runKey });
    expect(second.runner).not.toBe(first.runner);
    expect(registered(machine)).toEqual([second.runner]);
  });

  it("by another boot of the same instance is refused", async () => {
    const machine = await launched();
    await claimAs(machine.id);
    const body = JSON.stringify({ bootId: "22222222-2222-4222-8222-222222222222" });
    expect(await claimAs(machine.id, { body })).toMatchObject({ status: 409, error: "taken" });
  });

  it("once its runner has been seen is refused, to the very boot that won it", async () => {
    const machine = await launched();
    await claimAs(machine.id);
    await begin(machine);
    expect(await claimAs(machine.id)).toMatchObject({ status: 409, error: "taken" });
  });

  it("ten times at once leaves one registration", async () => {
    const machine = await launched();
    const answers = await Promise.all(Array.from({ length: 10 }, () => claimAs(machine.id)));
    const last = await claimAs(machine.id);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => ![200, 409, 503].includes(status))).toEqual([]);
    expect(last.status).toBe(200);
    await aws.sweep();
    expect(registered(machine)).toEqual([last.runner]);
    expect((await bound()).filter((id) => id === machine.id)).toHaveLength(1);
  });

  it("by a sibling of its launch binds nothing that is taken", async () => {
    const machine = await launched();
    const twin = twinOf(machine);
    const answers = await Promise.all([claimAs(machine.id), claimAs(twin.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)).toMatchObject({ error: "superseded" });
  });

  it("after its launch's deadline is refused", async () => {
    const machine = await launched();
    const id = machine.tags.find(({ key }) => key === "dayfly-launch")?.value ?? "";
    const launch = await aws.table.store.launches.get(id);
    if (!launch) throw new Error("no launch");
    await aws.table.store.launches.save({ ...launch, deadline: Date.now() - 1 }, launch.version);
    expect(await claimAs(machine.id)).toMatchObject({ status: 409, error: "expired" });
    expect(await rowOf(machine)).toBeUndefined();
  });

  it("of an instance that EC2 does not show yet is asked to come again, and then served", async () => {
    aws.account.switches.visibleAfter = 3_600_000;
    const machine = await launched();
    expect(await claimAs(machine.id)).toMatchObject({ status: 503, error: "not-visible" });
    aws.account.switches.visibleAfter = 0;
    expect(await claimAs(machine.id)).toMatchObject({ status: 200 });
  });

  it("of an instance with another stack's tag is never served", async () => {
    const stranger = twinOf(await launched(), { "dayfly-stack": "other" });
    expect(await claimAs(stranger.id)).toMatchObject({ status: 503, error: "not-visible" });
  });

  it("of an instance with our tag and no launch of ours is forbidden", async () => {
    const stranger = twinOf(await launched(), { "dayfly-launch": "0".repeat(32) });
    expect(await claimAs(stranger.id)).toMatchObject({ status: 403, error: "unknown-instance" });
  });
});

describe("6-03 a claim that is not a machine's own", () => {
  let machine: FakeMachine;
  beforeAll(async () => {
    machine = await launched();
  });

  const plain = (call: SignedCall, headers: Record<string, string> = {}): SignedCall => ({
    ...call,
    headers: { ...call.headers, ...headers },
  });
  const table: readonly {
    readonly because: string;
    readonly why: string;
    readonly call: () => Promise<SignedCall>;
  }[] = [
    {
      because: "no signature",
      why: "no Authorization header",
      call: async () => ({ ...(await callOf(machine.id)), headers: { "content-type": "application/json" } }),
    },
    {
      because: "a body changed after it was signed",
      why: "the signature is wrong",
      call: async () => ({ ...(await callOf(machine.id)), body: JSON.stringify({ bootId, more: 1 }) }),
    },
    {
      because: "the signature of another path",
      why: "the signature is wrong",
      call: async () => ({
        ...(await callOf(machine.id, { path: "/runner/exit" })),
        url: `${aws.gateway.url}/runner/claim`,
      }),
    },
    {
      because: "a guessed secret",
      why: "the signature is wrong",
      call: () => signed(aws.gateway.url, { ...identity(machine.id), secretAccessKey: "guess" }),
    },
    {
      because: "another machine's session token",
      why: "another session's token",
      call: () =>
        signed(aws.gateway.url, { ...identity(machine.id), sessionToken: identity("i-0aaaaaaaa").sessionToken }),
    },
    {
      because: "a recorded request, six minutes later",
      why: "signed more than five minutes ago, or ahead",
      call: () => callOf(machine.id, { signedAt: Date.now() - 6 * 60_000 }),
    },
    {
      because: "a request signed for tomorrow",
      why: "signed more than five minutes ago, or ahead",
      call: () => callOf(machine.id, { signedAt: Date.now() + 24 * 3600_000 }),
    },
    {
      because: "another region",
      why: "scoped to the region us-east-1",
      call: () => callOf(machine.id, { region: "us-east-1" }),
    },
    {
      because: "another service",
      why: "scoped to the service sts",
      call: () => callOf(machine.id, { service: "sts" }),
    },
    {
      because: "keys that nobody has",
      why: "nobody has this key",
      call: () => signed(aws.gateway.url, { ...identity(machine.id), accessKeyId: "ASIA0000000000000000" }),
    },
    {
      because: "a header added that has to be signed",
      why: "a header that has to be signed is not",
      call: async () => plain(await callOf(machine.id), { "x-amz-target": "x" }),
    },
    {
      because: "another role of the account under the instance's name",
      why: "its role may not call this",
      call: () => callOf(machine.id, {}, "Deployer"),
    },
  ];

  it.each(table)("is refused at the gateway, before any code of ours: $because", async ({ call, why }) => {
    const before = aws.gateway.refusals.length;
    expect(await send(await call())).toEqual({ status: 403, message: "Forbidden" });
    expect(aws.gateway.refusals.slice(before)).toEqual([why]);
  });

  it.each([
    { because: "an administrator under the instance's name", session: () => machine.id, role: "Administrator" },
    { because: "the machines' role under a person's name", session: () => "laptop", role: undefined },
  ])("is refused by the function: $because", async ({ session, role }) => {
    expect(await claimAs(session(), {}, role)).toMatchObject({ status: 403, error: "not-a-machine" });
  });

  it("leaves the run to its machine, whose recorded request claims for nobody else", async () => {
    const call = await callOf(machine.id);
    const first = await send(call);
    const replayed = await send(call);
    expect([first.status, replayed.status]).toEqual([200, 200]);
    expect(registered(machine)).toEqual([replayed.runner]);
    await begin(machine);
    expect(await send(call)).toMatchObject({ status: 409, error: "taken" });
  });
});

describe("a machine that serves another job than it was launched for", () => {
  it("is never ended because that job's row ended", async () => {
    const [first, second] = [await launched(), await launched()];
    await claimAs(first.id);
    await claimAs(second.id);
    const [one, two] = forge.jobs.slice(-2);
    if (!one || !two) throw new Error("two jobs were pushed");
    // The forge gives the second job to the first machine's runner, and the first job is cancelled.
    await begin(first, two);
    Object.assign(one, { status: "completed", conclusion: "cancelled" });
    await forge.tellJob(one);
    await until(
      () => statusOf(one.id),
      (status) => status === "cancelled",
    );
    await aws.sweep();
    expect(terminated().filter((id) => id === first.id || id === second.id)).toEqual([]);
    expect([first.endedAt, second.endedAt]).toEqual([undefined, undefined]);
  });
});
