import { describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { cancelRun } from "../../lib/app/request.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { Envelope } from "../../lib/core/event.ts";
import type { Demand, Forge } from "../../lib/core/forge.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const job = { id: "1", name: "build", labels: ["linux"], headSha: "a".repeat(40) };

/** A world whose forge sends nothing: it lists its open jobs, and answers when it is asked for one. */
function listening(): MemoryWorld {
  const world = memoryWorld();
  const { home } = world;
  const envelopeOf = (open: ReturnType<typeof home.jobs>[number]): Envelope => ({
    v: 1,
    forge: "home",
    deliveryId: `list-${open.id}-${open.try}-${open.status}`,
    event: "workflow_job",
    action: open.status,
    repo: open.repo,
    job: open,
    sender: "",
    at: world.clock.now(),
  });
  const missed: Demand["missed"] = async () =>
    home
      .jobs()
      .filter(({ status }) => status === "queued" || status === "in_progress")
      .map(envelopeOf);
  const forge: Forge = { ...home, demand: { ...home.demand, missed, listsBegun: true } };
  return { ...world, forge: (name) => (name === "home" ? forge : undefined) };
}

/** One machine has claimed a job, and its runner has it. */
async function begun(): Promise<{ readonly world: MemoryWorld; readonly instanceId: string }> {
  const world = listening();
  world.home.queueJob(repo, job);
  await sweep(world);
  const instanceId = world.machines.all()[0]?.instanceId ?? "";
  await claim(world, { instanceId }, "boot");
  world.clock.advance(1);
  world.home.pickUp(`dayfly-${instanceId}-1`);
  return { world, instanceId };
}

describe("jobs that a forge lists and sends no word of", () => {
  it("6-04 run here as soon as they run there", async () => {
    const { world } = await begun();

    await sweep(world);

    expect(world.runs.all()).toMatchObject([{ status: "running", jobName: "build" }]);
  });

  it("are over here when they are over there, whatever their machine does", async () => {
    const { world } = await begun();
    await sweep(world);
    world.home.finishJob("1", "cancelled");

    await sweep(world);

    expect(world.runs.all()).toMatchObject([{ status: "completed", conclusion: "cancelled" }]);
  });

  it("are taken back before their machine claims, when somebody cancels them there", async () => {
    const world = listening();
    world.home.queueJob(repo, job);
    await sweep(world);
    world.home.finishJob("1", "cancelled");
    world.clock.advance(1);

    await sweep(world);

    expect(world.runs.all()).toMatchObject([{ status: "cancelled", reason: { code: "forge-cancelled" } }]);
  });

  it("are none of ours on a runner of somebody else", async () => {
    const world = listening();
    world.home.queueJob(repo, job);
    await world.home.enrolment.enrol({
      scope: "home/acme/shop",
      repo,
      labels: ["linux"],
      name: "office-pc",
    });
    world.home.pickUp("office-pc");

    await sweep(world);

    expect(world.runs.all()).toEqual([]);
  });

  it("stay cancelled when somebody cancelled them here", async () => {
    const world = listening();
    const queued = world.home.queueJob(repo, job);
    await sweep(world);
    await cancelRun(world, world.runs.all()[0]?.key ?? "", "alice");

    await dispatch(world, { v: 1, kind: "event", envelope: queued }, 1);
    await sweep(world);

    expect(world.runs.all()).toMatchObject([{ status: "cancelled" }]);
  });

  it("are each taken alone: one that cannot be taken does not hold up the others", async () => {
    const world = listening();
    for (const id of ["1", "2", "3"]) world.home.queueJob(repo, { ...job, id });
    const { adoptions } = world;
    let calls = 0;
    const find = async (key: string): Promise<string | undefined> => {
      calls += 1;
      if (calls === 1) throw new WorldError("not now", { retryable: true });
      return adoptions.find(key);
    };

    const report = await sweep({ ...world, adoptions: { ...adoptions, find } });

    expect(report).toMatchObject({ errors: 1, missed: 2 });
    expect(world.runs.all()).toHaveLength(2);
  });
});

describe("a machine whose job is over at the forge", () => {
  it("is ended when the forge has removed its runner, a minute later", async () => {
    const { world, instanceId } = await begun();
    await sweep(world);
    world.home.finishJob("1", "cancelled");
    await sweep(world);
    expect(world.machines.get(instanceId)?.endedAt).toBeUndefined();

    world.clock.advance(61);
    await sweep(world);

    expect(world.machines.get(instanceId)?.endedBy).toBe("its job is over, and the forge has removed its runner");
  });

  it("lives on while the forge still knows its runner", async () => {
    const { world, instanceId } = await begun();
    await sweep(world);
    const name = `dayfly-${instanceId}-1`;
    const forge = world.forge("home") as Forge;
    const runners = async () => [{ id: "9", name, online: true, busy: true }];
    const kept: Forge = { ...forge, enrolment: { ...forge.enrolment, runners } };
    world.home.finishJob("1", "cancelled");
    await sweep(world);
    world.clock.advance(61);

    await sweep({ ...world, forge: () => kept });

    expect(world.machines.get(instanceId)?.endedAt).toBeUndefined();
  });
});
