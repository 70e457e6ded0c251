import { describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { exit } from "../../lib/app/exit.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { WorldError } from "../../lib/core/errors.ts";
import { hashOf } from "../../lib/core/hash.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";
import { queueJobs } from "./queue-jobs.ts";

const repo = { id: "7", name: "acme/shop" };

/** A world in which the forge has queued so many equal jobs, and a machine for each has been launched. */
async function launched(jobs = 1): Promise<MemoryWorld> {
  const world = memoryWorld();
  await queueJobs(world, jobs);
  return world;
}

function machineIds(world: MemoryWorld): string[] {
  return world.machines.all().map(({ instanceId }) => instanceId);
}

function first(world: MemoryWorld): { instanceId: string } {
  return { instanceId: machineIds(world)[0] ?? "" };
}

describe("6-03 POST /runner/claim", () => {
  it("hands over one runner's registration, and a token that is stored only as its hash", async () => {
    const world = await launched();
    const answer = await claim(world, first(world), "b1");

    if (answer.status !== 200) throw new Error("refused");
    const { runKey, runner, labels, registration, idleSeconds, machineToken, deadline } = answer.body;
    expect({ runner, labels, idleSeconds, registration: registration.kind }).toEqual({
      runner: `dayfly-${first(world).instanceId}-1`,
      labels: ["linux"],
      idleSeconds: 300,
      registration: "gitea",
    });
    expect(Date.parse(deadline)).toBe(world.clock.now() + 35 * 60_000);
    const record = await world.machineRecords.get(first(world).instanceId);
    expect(record?.tokenHash).toBe(hashOf([machineToken]));
    expect(JSON.stringify([record, await world.runs.get(runKey), world.log.lines])).not.toContain(machineToken);
  });

  it("gives each machine of a launch a run of its own", async () => {
    const world = memoryWorld();
    const ten =
      "on: push\njobs:\n  t: { runs-on: linux, strategy: { matrix: { n: [0,1,2,3,4] } }, steps: [{ run: x }] }\n";
    world.home.source.commitFiles("a".repeat(40), { files: { ".gitea/workflows/t.yml": ten } });
    const envelope = world.home.pushed(repo, { ref: "refs/heads/main", before: "0".repeat(40), after: "a".repeat(40) });
    await dispatch(world, { v: 1, kind: "event", envelope }, 1);
    const answers = await Promise.all(machineIds(world).map((instanceId) => claim(world, { instanceId }, "b")));

    expect(new Set(answers.map(({ body }) => "runKey" in body && body.runKey)).size).toBe(5);
  });

  it("is answered again to the same boot until its runner is seen, with a new registration under a new name", async () => {
    const world = await launched();
    const before = await claim(world, first(world), "b1");
    const again = await claim(world, first(world), "b1");
    const tokens = [before, again].map(({ body }) => ("machineToken" in body ? body.machineToken : ""));
    const found = await Promise.all(tokens.map((token) => world.machineRecords.byToken(hashOf([token]))));
    expect(found.map((machine) => machine !== undefined)).toEqual([false, true]);

    expect(again).toMatchObject({ status: 200, body: { runner: `dayfly-${first(world).instanceId}-2` } });
    expect(world.home.runnerNames()).toEqual([`dayfly-${first(world).instanceId}-2`]);

    const picked = world.home.pickUp(`dayfly-${first(world).instanceId}-2`);
    if (!picked) throw new Error("no job");
    await dispatch(world, { v: 1, kind: "event", envelope: picked }, 1);
    expect(await claim(world, first(world), "b1")).toMatchObject({ status: 409, body: { error: "taken" } });
  });

  it.each<[string, number, string, (world: MemoryWorld) => Promise<unknown> | unknown]>([
    ["another boot of the same machine", 409, "taken", (world) => claim(world, first(world), "b0")],
    [
      "a machine that has reported its end",
      409,
      "ended",
      async (world) => {
        await claim(world, first(world), "b1");
        await exit(world, first(world), { bootId: "b1", cause: "idle", code: 0 });
      },
    ],
    ["a launch that is past its deadline", 409, "expired", (world) => world.clock.advance(35 * 60)],
    [
      "a run that has ended",
      409,
      "superseded",
      async (world) => {
        await dispatch(world, { v: 1, kind: "event", envelope: world.home.finishJob("1", "cancelled") }, 1);
      },
    ],
    ["an instance that cannot be seen yet", 503, "not-visible", (world) => world.machines.setListLag(60)],
  ])("is refused to %s", async (_who, status, error, before) => {
    const world = await launched();
    await before(world);
    expect(await claim(world, first(world), "b1")).toMatchObject({ status, body: { error } });
  });

  it("stands when the forge cannot register just then, and is completed when the machine comes again", async () => {
    const world = await launched();
    const enrol = () => Promise.reject(new WorldError("the forge is down", { retryable: true }));
    const down = { ...world, forge: () => ({ ...world.home, enrolment: { ...world.home.enrolment, enrol } }) };

    await expect(claim(down, first(world), "b1")).rejects.toThrow("the forge is down");
    expect(await claim(world, first(world), "b1")).toMatchObject({ status: 200 });
  });
});

describe("1-09 git credentials of a machine", () => {
  /** A profile that asks for them, at a forge that has them or not. */
  async function claimed(asks: boolean, repositoryToken?: () => Promise<string>) {
    const world = await launched();
    const profiles = world.config.profiles.map((profile) => ({ ...profile, gitCredentials: asks }));
    const forge = { ...world.home, ...(repositoryToken && { repositoryToken }) };
    const answer = await claim(
      { ...world, config: { ...world.config, profiles }, forge: () => forge },
      first(world),
      "b1",
    );
    if (answer.status !== 200) throw new Error("refused");
    return { git: answer.body.git, lines: JSON.stringify(world.log.lines) };
  }

  it("read the job's own repository, and stand in no log", async () => {
    const { git, lines } = await claimed(true, async () => "ghs_secret");
    expect(git).toEqual({ url: "https://git.example.com", token: "ghs_secret" });
    expect(lines).not.toContain("ghs_secret");
  });

  it("are not made where no profile asks for them", async () => {
    const never = () => Promise.reject(new Error("nobody asked"));
    expect((await claimed(false, never)).git).toBeUndefined();
  });

  it("are none where the forge has no token for one repository", async () => {
    expect((await claimed(true)).git).toBeUndefined();
  });
});

describe("POST /runner/exit", () => {
  it("1-10 ends the run by the forge's word, not by the machine's", async () => {
    const world = await launched();
    await claim(world, first(world), "b1");
    await deliver(world, world.home.pickUp(`dayfly-${first(world).instanceId}-1`));
    world.home.finishJob("1", "failure"); // its event is lost
    await exit(world, first(world), { bootId: "b1", cause: "job-done", code: 0, conclusion: "success" });

    expect(world.runs.all()).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  });

  it("5-06 removes the registration of a runner that never had a job", async () => {
    const world = await launched();
    await claim(world, first(world), "b1");
    await exit(world, first(world), { bootId: "b1", cause: "idle", code: 0 });

    expect(world.home.runnerNames()).toEqual([]);
    expect(world.runs.all()).toMatchObject([{ status: "queued", attempt: 1, reason: { code: "machine-idle" } }]);
  });

  it("5-06 removes the registration of a runner that says it had a job which the forge never told of", async () => {
    const world = await launched();
    await claim(world, first(world), "b1");
    await exit(world, first(world), { bootId: "b1", cause: "job-done", code: 0 });

    expect(world.home.runnerNames()).toEqual([]);
  });

  it("5-07 tries On-Demand after Spot took a machine back", async () => {
    const world = await launched();
    await claim(world, first(world), "b1");
    await exit(world, first(world), { bootId: "b1", cause: "spot", code: 0 });
    world.clock.advance(60);
    await world.queue.pump((message, count) => dispatch(world, message, count));

    expect(world.machines.launchCalls().map(({ plan }) => plan.kind === "ec2" && plan.market)).toEqual([
      "spot",
      "on-demand",
    ]);
  });

  it("5-06 is heard although the forge does not let the registration go: the sweep removes it later", async () => {
    const world = await launched();
    await claim(world, first(world), "b1");
    const { remove } = world.home.enrolment;
    world.home.enrolment.remove = () =>
      Promise.reject(new WorldError("no runner that is at work is removed", { retryable: true }));
    const report = { bootId: "b1", cause: "spot", code: 143 } as const;
    expect(await exit(world, first(world), report)).toEqual({ status: 204 });
    expect(world.home.runnerNames()).toHaveLength(1);

    world.home.enrolment.remove = remove;
    await sweep(world);
    expect(world.home.runnerNames()).toEqual([]);
  });

  it("believes no report of another boot, and none of a machine that never claimed", async () => {
    const world = await launched();
    expect(await exit(world, first(world), { bootId: "b1", cause: "idle", code: 0 })).toEqual({ status: 204 });
    await claim(world, first(world), "b1");
    expect(await exit(world, first(world), { bootId: "b2", cause: "idle", code: 0 })).toMatchObject({ status: 409 });
    expect(world.runs.all()).toMatchObject([{ status: "booting" }]);
  });
});

describe("a runner that takes another job than the one it came for", () => {
  it("changes places: both jobs are served, and no third machine is launched", async () => {
    const world = await launched(2);
    const [one = "", two = ""] = machineIds(world);
    await claim(world, { instanceId: one }, "b1");
    await claim(world, { instanceId: two }, "b2");
    await deliver(world, world.home.pickUp(`dayfly-${two}-1`)); // takes job 1, for which machine one came
    await deliver(world, world.home.pickUp(`dayfly-${one}-1`));

    expect(world.runs.all().map((run) => [run.jobName, run.status, "instanceId" in run && run.instanceId])).toEqual([
      ["job 1", "running", two],
      ["job 2", "running", one],
    ]);
    expect(world.machines.all()).toHaveLength(2);
  });

  it("is replaced only when a job is left without a machine", async () => {
    const world = await launched(2);
    const [one = "", two = ""] = machineIds(world);
    await claim(world, { instanceId: one }, "b1");
    await claim(world, { instanceId: two }, "b2");
    await deliver(world, world.home.pickUp(`dayfly-${two}-1`)); // job 1
    await exit(world, { instanceId: one }, { bootId: "b1", cause: "spot", code: 0 });
    world.clock.advance(120);
    await world.queue.pump((message, count) => dispatch(world, message, count));

    expect(world.machines.all()).toHaveLength(3);
    expect(world.machines.get(two)?.endedAt).toBeUndefined();
  });
});

async function deliver(world: MemoryWorld, envelope: ReturnType<MemoryWorld["home"]["pickUp"]>): Promise<void> {
  if (!envelope) throw new Error("the forge had no job for it");
  await dispatch(world, { v: 1, kind: "event", envelope }, 1);
}
