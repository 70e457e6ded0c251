import { describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { Envelope } from "../../lib/core/event.ts";
import { memoryForge } from "../world/memory-forge.ts";
import { type MemoryWorld, memoryWorld, testConfig } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const job = { id: "1", name: "build", labels: ["linux"], headSha: "a".repeat(40) };
const minutes = (count: number) => count * 60;

async function launched(): Promise<MemoryWorld> {
  const world = memoryWorld();
  await take(world, world.home.queueJob(repo, job));
  return world;
}

function take(world: MemoryWorld, envelope: Envelope | undefined): Promise<unknown> {
  if (!envelope) throw new Error("nothing to take");
  return dispatch(world, { v: 1, kind: "event", envelope }, 1);
}

async function running(): Promise<MemoryWorld> {
  const world = await launched();
  await claim(world, { instanceId: only(world).instanceId }, "b");
  await take(world, world.home.pickUp(`dayfly-${only(world).instanceId}-1`));
  return world;
}

function only(world: MemoryWorld) {
  const [machine] = world.machines.all();
  if (!machine) throw new Error("no machine");
  return machine;
}

async function sweepFor(world: MemoryWorld, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 300) {
    world.clock.advance(300);
    await sweep(world);
  }
}

describe("the sweep", () => {
  it("6-04 finds a job that no webhook told of", async () => {
    const world = memoryWorld();
    world.home.queueJob(repo, job); // its event is lost
    expect(await sweep(world)).toMatchObject({ missed: 1 });
    expect(world.runs.all()).toMatchObject([{ jobName: "build", status: "booting" }]);
  });

  it("1-15 ends a machine at its deadline, and its run becomes timeout", async () => {
    const world = await running();
    await sweepFor(world, minutes(40));

    expect(only(world).endedBy).toBe("past its deadline");
    expect(world.runs.all()).toMatchObject([{ status: "timeout" }]);
  });

  it("1-16 ends a machine of ours that no launch knows, once it is old, and not before", async () => {
    const world = await launched();
    const launches = { ...world.launches, get: async () => undefined };
    await sweep({ ...world, launches });
    expect(only(world).endedAt).toBeUndefined();

    world.clock.advance(minutes(20));
    await sweep({ ...world, launches });
    expect(only(world).endedAt).toBeUndefined();

    world.clock.advance(minutes(11));
    await sweep({ ...world, launches });
    expect(only(world).endedBy).toBe("no launch of ours knows it");
  });

  it("ends a machine that never claimed and that no run needs any more; it cannot claim in that moment", async () => {
    const world = await launched();
    await take(world, world.home.finishJob("1", "cancelled"));
    await sweepFor(world, minutes(5));

    expect(only(world).endedBy).toBe("it never claimed, and no run waits for it");
    expect(await claim(world, { instanceId: only(world).instanceId }, "b")).toMatchObject({ status: 409 });
  });

  it("leaves a machine alone that has not claimed yet while a run waits for it", async () => {
    const world = await launched();
    world.clock.advance(minutes(3));
    await sweep(world);

    expect(only(world).endedAt).toBeUndefined();
    expect(await claim(world, { instanceId: only(world).instanceId }, "b")).toMatchObject({ status: 200 });
  });

  it("lets a machine win nothing any more before it ends it", async () => {
    const world = await launched();
    await take(world, world.home.finishJob("1", "cancelled"));
    const { terminate } = world.machines;
    const claims: unknown[] = [];
    world.machines.terminate = async (instanceId, reason) => {
      claims.push(await claim(world, { instanceId }, "b"));
      await terminate(instanceId, reason);
    };
    world.home.queueJob(repo, { ...job, id: "2" }); // the machine's labels fit it
    world.clock.advance(minutes(5));
    await sweep(world);

    expect(claims).toMatchObject([{ status: 409, body: { error: "ended" } }]);
  });

  it("never ends a machine because a row ended, as long as the forge knows its runner", async () => {
    const world = await running();
    await take(world, world.home.finishJob("1", "success"));
    const name = `dayfly-${only(world).instanceId}-1`;
    await world.home.enrolment.enrol({ scope: "home/acme/shop", repo, labels: ["linux"], name });
    await sweepFor(world, minutes(25));
    expect(only(world).endedAt).toBeUndefined();
  });

  it("1-15 ends a machine at its deadline also where its row has long ended", async () => {
    const world = await running();
    await take(world, world.home.finishJob("1", "success"));
    const name = `dayfly-${only(world).instanceId}-1`;
    await world.home.enrolment.enrol({ scope: "home/acme/shop", repo, labels: ["linux"], name });
    await sweepFor(world, minutes(40));
    expect(only(world).endedBy).toBe("past its deadline");
  });

  it("gives a machine a minute to leave by itself once its job is over and its runner removed", async () => {
    const world = await running();
    await take(world, world.home.finishJob("1", "cancelled"));
    await sweep(world);
    expect(only(world).endedAt).toBeUndefined();
    world.clock.advance(61);
    await sweep(world);
    expect(only(world).endedBy).toBe("its job is over, and the forge has removed its runner");
  });

  it("takes another machine where none claims within the boot limit", async () => {
    const world = await launched();
    await sweepFor(world, minutes(10));
    expect(world.machines.all().length).toBeGreaterThan(1);
    expect(world.runs.all()[0]?.history.some(({ reason }) => reason.includes("boot limit"))).toBe(true);
  });

  it("calls a machine gone only when it is absent twice, a minute apart", async () => {
    const world = await running();
    const absent = { ...world, machines: { ...world.machines, list: async () => [] } };
    await sweep(absent);
    expect(world.runs.all()).toMatchObject([{ status: "running" }]);
    world.clock.advance(20);
    await sweep(absent);
    expect(world.runs.all()).toMatchObject([{ status: "running" }]);

    world.clock.advance(minutes(5));
    await sweep(absent);
    expect(world.runs.all()).toMatchObject([{ status: "lost" }]);
  });

  it("forgets that a machine was absent once it is seen again", async () => {
    const world = await running();
    const absent = { ...world, machines: { ...world.machines, list: async () => [] } };
    await sweep(absent);
    world.clock.advance(minutes(5));
    await sweep(world);
    world.clock.advance(minutes(5));
    await sweep(absent);
    expect(world.runs.all()).toMatchObject([{ status: "running" }]);
  });

  it("1-11 removes the registration of a machine that is gone, and nobody else's", async () => {
    const world = await launched();
    const { instanceId } = only(world);
    const own = { scope: "home/acme/shop", repo, labels: ["linux"] };
    await claim(world, { instanceId }, "b");
    await world.home.enrolment.enrol({ ...own, name: "office-pc" });
    await world.home.enrolment.enrol({ ...own, name: `dayfly-${instanceId}-0` }); // an answer that came too late
    await sweepFor(world, minutes(5));

    expect([...world.home.runnerNames()].sort()).toEqual([`dayfly-${instanceId}-1`, "office-pc"]);
  });

  it("a forge that is down costs its own item, not the pass", async () => {
    const broken = memoryForge({ name: "broken", clock: memoryWorld().clock });
    const demand = { ...broken.demand, missed: () => Promise.reject(new WorldError("down", { retryable: true })) };
    const forges = [
      { name: "broken", kind: "gitea" as const, url: "https://x.example.com", allow: [] },
      ...testConfig.forges,
    ];
    const world = memoryWorld({ config: { ...testConfig, forges }, forges: { broken: { ...broken, demand } } });
    world.home.queueJob(repo, job);

    expect(await sweep(world)).toMatchObject({ errors: 1, missed: 1 });
    expect(world.runs.all()).toHaveLength(1);
  });

  it("two passes at once do no harm", async () => {
    const world = memoryWorld();
    for (let n = 1; n <= 5; n++) world.home.queueJob(repo, { ...job, id: `${n}` });
    await Promise.all([sweep(world), sweep(world)]);

    expect(world.runs.all()).toHaveLength(5);
    expect(world.machines.all()).toHaveLength(5);
  });
});
