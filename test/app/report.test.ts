import { describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { Envelope } from "../../lib/core/event.ts";
import type { Shortage } from "../../lib/core/run/launch.ts";
import { type MemoryWorld, memoryWorld, smallProfile, testConfig } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const job = { id: "1", name: "build", labels: ["linux"], headSha: "a".repeat(40) };
const capacity: Shortage = { class: "pool", code: "no-capacity", text: "no Spot capacity in any zone" };
const quota: Shortage = { class: "account", code: "vcpu-quota", text: "the account's vCPU quota is used up" };

async function take(world: MemoryWorld, envelope: Envelope | undefined): Promise<void> {
  if (envelope) await dispatch(world, { v: 1, kind: "event", envelope }, 1);
}

async function later(world: MemoryWorld, minutes: number): Promise<void> {
  world.clock.advance(minutes * 60);
  await world.queue.pump((message, count) => dispatch(world, message, count));
}

function short(world: MemoryWorld, ...shortages: readonly Shortage[]): void {
  world.machines.script(...shortages.map((shortage) => ({ kind: "none", shortage }) as const));
}

async function serve(world: MemoryWorld): Promise<void> {
  const { instanceId } = world.machines.all().at(-1) ?? { instanceId: "" };
  await claim(world, { instanceId }, "b");
  await take(world, world.home.pickUp(`dayfly-${instanceId}-1`));
}

const down = new WorldError("the forge answered 502", { retryable: true });

/** The same world, whose forge answers a status so: with a failure, or by taking it. */
function answering(world: MemoryWorld, failure: () => WorldError | undefined): MemoryWorld {
  const { feedback } = world.home;
  if (!feedback) throw new Error("this forge takes no status");
  const status: typeof feedback.status = async (...said) => {
    const error = failure();
    if (error) throw error;
    await feedback.status(...said);
  };
  const home = { ...world.home, feedback: { ...feedback, status } };
  return { ...world, forge: () => home } as unknown as MemoryWorld;
}

const said = (world: MemoryWorld) => world.home.statuses().map(({ state, text }) => `${state}: ${text}`);

describe("5-12 a status at the forge", () => {
  it("is never set for a job that is served in time", async () => {
    const world = memoryWorld();
    await take(world, world.home.queueJob(repo, job));
    await serve(world);
    await take(world, world.home.finishJob("1", "failure"));
    expect(said(world)).toEqual([]);
  });

  it("says after a while why there is no machine, once for each reason, and at last that there is one", async () => {
    const world = memoryWorld();
    short(world, capacity, quota, quota, quota);
    await take(world, world.home.queueJob(repo, job));
    expect(said(world)).toEqual([]);
    await later(world, 4);
    await later(world, 16);
    await later(world, 16);
    await later(world, 16);
    await serve(world);

    expect(said(world)).toEqual([
      "pending: no machine for 4 minutes, On-Demand next: the account's vCPU quota is used up",
      "success: a machine was found",
    ]);
  });

  it("is set anew when the reason is another one", async () => {
    const world = memoryWorld();
    short(world, quota, quota, capacity);
    await take(world, world.home.queueJob(repo, job));
    await later(world, 4);
    await later(world, 16);
    expect(said(world)).toEqual([
      "pending: no machine for 4 minutes, it is asked for again: the account's vCPU quota is used up",
      "pending: no machine for 20 minutes, On-Demand next: no Spot capacity in any zone",
    ]);
  });

  it("promises no On-Demand where the profile allows none", async () => {
    const profiles = [{ ...smallProfile, onDemandFallback: false }];
    const world = memoryWorld({ config: { ...testConfig, profiles } });
    short(world, capacity, capacity);
    await take(world, world.home.queueJob(repo, job));
    await later(world, 4);
    expect(said(world)).toEqual([
      "pending: no machine for 4 minutes, it is asked for again: no Spot capacity in any zone",
    ]);
  });

  it("says that all machines of the profile are in use", async () => {
    const profiles = [{ ...smallProfile, limits: { ...smallProfile.limits, machines: 1 } }];
    const world = memoryWorld({ config: { ...testConfig, profiles } });
    await take(world, world.home.queueJob(repo, job));
    await take(world, world.home.queueJob(repo, { ...job, id: "2", name: "test" }));
    await later(world, 1);
    await later(world, 2);
    expect(world.home.statuses()).toMatchObject([
      { context: "dayfly / test", state: "pending", text: expect.stringContaining("all 1 machines of profile small") },
    ]);
  });

  it("does not count what came before the job as a wait of ours", async () => {
    const world = memoryWorld();
    short(world, capacity);
    await take(world, world.home.queueJob(repo, { ...job, status: "waiting" }));
    await later(world, 60);
    await take(world, world.home.queueJob(repo, job));
    expect(world.runs.all()).toMatchObject([{ status: "queued", reason: { code: "no-capacity" } }]);
    expect(said(world)).toEqual([]);
  });

  it.each([
    { what: "a job that no profile serves", labels: ["windows"] },
    { what: "a job with a label of nobody", labels: ["linux", "gpu"] },
  ])("is never set for $what", async ({ labels }) => {
    const world = memoryWorld();
    await take(world, world.home.queueJob(repo, { ...job, labels }));
    await later(world, 60);
    await take(world, world.home.finishJob("1", "cancelled"));
    expect(world.runs.all()).toMatchObject([{ status: "skipped" }]);
    expect(said(world)).toEqual([]);
  });

  it.each([
    { what: "is taken back when the job is cancelled", conclusion: "cancelled" as const },
    { what: "is taken back when somebody else served the job", conclusion: "success" as const },
  ])("$what", async ({ conclusion }) => {
    const world = memoryWorld();
    short(world, quota, quota);
    await take(world, world.home.queueJob(repo, job));
    await later(world, 4);
    await take(world, world.home.finishJob("1", conclusion));
    expect(said(world).at(-1)).toMatch(/^success: no machine is needed any more: /);
  });

  it("says that a job could not be served at all", async () => {
    const world = memoryWorld();
    short(world, { class: "permanent", code: "image-gone", text: "the image is gone" });
    await take(world, world.home.queueJob(repo, job));
    expect(said(world)).toEqual(["error: the image is gone"]);
  });

  it("that the forge refuses holds up no job", async () => {
    const world = memoryWorld();
    const deaf = answering(world, () => new WorldError("our token may not do this (403)", { retryable: false }));
    short(world, quota, quota);
    await take(deaf, world.home.queueJob(repo, job));
    await later(deaf, 4);
    await later(deaf, 16);
    expect(world.runs.all()).toMatchObject([{ status: "booting" }]);
    expect(world.log.lines.filter(({ message }) => message === "effect given up")).toHaveLength(1);
  });

  it("is repeated by the sweep while the forge is down, and holds up nobody who waits for the run", async () => {
    const world = memoryWorld();
    let isDown = true;
    const shaky = answering(world, () => (isDown ? down : undefined));
    short(world, { class: "permanent", code: "image-gone", text: "the image is gone" });

    await take(shaky, world.home.queueJob(repo, job));
    expect(world.runs.all()).toMatchObject([{ status: "failed", effects: [{ kind: "report" }] }]);
    isDown = false;
    world.home.finishJob("1", "cancelled");
    await sweep(shaky);

    expect(said(world)).toEqual(["error: the image is gone"]);
    expect(world.runs.all()).toMatchObject([{ status: "failed", effects: [] }]);
  });

  it("is given up an hour after the change, where the forge stays down", async () => {
    const world = memoryWorld();
    const deaf = answering(world, () => down);
    short(world, { class: "permanent", code: "image-gone", text: "the image is gone" });
    await take(deaf, world.home.queueJob(repo, job));
    world.home.finishJob("1", "cancelled");
    await later(deaf, 59);
    await sweep(deaf);
    expect(world.runs.all()).toMatchObject([{ effects: [{ kind: "report" }] }]);

    await later(deaf, 1);
    await sweep(deaf);

    expect(world.runs.all()).toMatchObject([{ effects: [] }]);
    expect(world.log.lines.filter(({ message }) => message === "effect given up")).toHaveLength(1);
  });
});
