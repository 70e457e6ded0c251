import { expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { takeNotice } from "../../lib/app/notice.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };

async function running(): Promise<{ world: MemoryWorld; instanceId: string }> {
  const world = memoryWorld();
  const job = { id: "1", name: "build", labels: ["linux"], headSha: "a".repeat(40) };
  await dispatch(world, { v: 1, kind: "event", envelope: world.home.queueJob(repo, job) }, 1);
  const instanceId = world.machines.all()[0]?.instanceId ?? "";
  await claim(world, { instanceId }, "b");
  const picked = world.home.pickUp(`dayfly-${instanceId}-1`);
  if (picked) await dispatch(world, { v: 1, kind: "event", envelope: picked }, 1);
  return { world, instanceId };
}

it("5-07 a warning ends nothing: the machine itself tells its runner, and reports", async () => {
  const { world, instanceId } = await running();
  await takeNotice(world, { instanceId, kind: "warned" });
  expect(world.runs.all()).toMatchObject([{ status: "running" }]);
  expect(await world.machineRecords.get(instanceId)).not.toHaveProperty("endedAt");
});

it("a machine that has ended without a word is told to its run at once, and once only", async () => {
  const { world, instanceId } = await running();
  await takeNotice(world, { instanceId, kind: "ended" });
  const first = world.runs.all();
  expect(first).toMatchObject([{ status: "lost", reason: { code: "machine-gone" } }]);
  await takeNotice(world, { instanceId, kind: "ended" });
  expect(world.runs.all()).toEqual(first);
});

it("a machine of somebody else's is none of our business", async () => {
  const { world } = await running();
  const before = world.runs.all();
  await takeNotice(world, { instanceId: "i-0fedcba9876543210", kind: "ended" });
  expect(world.runs.all()).toEqual(before);
});
