import { describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { type MemoryWorld, memoryWorld, smallProfile, testConfig } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };

async function queue(world: MemoryWorld, id: string, labels: readonly string[]): Promise<void> {
  const job = { id, name: `job ${id}`, labels: [...labels], headSha: "a".repeat(40) };
  await dispatch(world, { v: 1, kind: "event", envelope: world.home.queueJob(repo, job) }, 1);
}

/** One machine that waits for a job: the one it came for was cancelled. */
async function withSpare(): Promise<{ world: MemoryWorld; instanceId: string }> {
  const profiles = [{ ...smallProfile, labels: ["linux", "big"] }];
  const world = memoryWorld({ config: { ...testConfig, profiles } });
  await queue(world, "1", ["linux"]);
  const instanceId = world.machines.all()[0]?.instanceId ?? "";
  await claim(world, { instanceId }, "b");
  await dispatch(world, { v: 1, kind: "event", envelope: world.home.finishJob("1", "cancelled") }, 1);
  return { world, instanceId };
}

const second = (world: MemoryWorld) => world.runs.all().find(({ jobName }) => jobName === "job 2");

describe("a machine that has lost the job it came for", () => {
  it("takes the next one that fits its labels: nothing is launched for that", async () => {
    const { world, instanceId } = await withSpare();
    await queue(world, "2", ["linux"]);
    expect(second(world)).toMatchObject({ status: "booting", instanceId });
    expect(world.machines.launchCalls()).toHaveLength(1);
  });

  it("is of no use to a job with a label that its runner did not register", async () => {
    const { world } = await withSpare();
    await queue(world, "2", ["linux", "big"]);
    expect(second(world)).not.toHaveProperty("instanceId");
    expect(world.machines.launchCalls()).toHaveLength(2);
  });

  it("is of no use once its idle limit has passed: it is leaving", async () => {
    const { world } = await withSpare();
    world.clock.advance(smallProfile.limits.idleMinutes * 60);
    await queue(world, "2", ["linux"]);
    expect(world.machines.launchCalls()).toHaveLength(2);
  });

  it("serves one of two, and the other gets a machine of its own", async () => {
    const { world, instanceId } = await withSpare();
    await queue(world, "2", ["linux"]);
    await queue(world, "3", ["linux"]);
    expect(second(world)).toMatchObject({ instanceId });
    expect(world.machines.launchCalls()).toHaveLength(2);
  });
});
