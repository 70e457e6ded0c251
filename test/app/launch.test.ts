import { describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { exit } from "../../lib/app/exit.ts";
import { launchDue } from "../../lib/app/launch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import { UserError, WorldError } from "../../lib/core/errors.ts";
import type { Shortage } from "../../lib/core/run/launch.ts";
import { type MemoryWorld, memoryWorld, smallProfile, testConfig } from "../world/world.ts";
import { queueJobs } from "./queue-jobs.ts";

const repo = { id: "7", name: "acme/shop" };
const capacity: Shortage = {
  class: "pool",
  code: "InsufficientInstanceCapacity",
  text: "no Spot capacity in any zone",
};

async function later(world: MemoryWorld, seconds: number): Promise<void> {
  world.clock.advance(seconds);
  await world.queue.pump((message, count) => dispatch(world, message, count));
}

async function sweepAfter(world: MemoryWorld, seconds: number): Promise<void> {
  world.clock.advance(seconds);
  await sweep(world);
}

describe("launching", () => {
  it("5-04 answers a shortage of Spot by a second launch On-Demand, with a record of its own", async () => {
    const world = memoryWorld();
    world.machines.script({ kind: "none", shortage: capacity });
    await queueJobs(world);
    expect(world.runs.all()).toMatchObject([
      { status: "queued", reason: { text: capacity.text }, nextAction: "ask for a machine" },
    ]);

    await later(world, 300);
    const [spot, onDemand] = world.machines.launchCalls();
    expect([spot?.plan, onDemand?.plan]).toMatchObject([{ market: "spot" }, { market: "on-demand" }]);
    expect(spot?.token).not.toBe(onDemand?.token);
    expect(world.runs.all()).toMatchObject([{ status: "booting", attempt: 2 }]);
  });

  it("keeps to Spot where the profile says so", async () => {
    const profiles = [{ ...smallProfile, onDemandFallback: false }];
    const world = memoryWorld({ config: { ...testConfig, profiles } });
    world.machines.script({ kind: "none", shortage: capacity });
    await queueJobs(world);
    await later(world, 300);
    expect(world.machines.launchCalls().map(({ plan }) => plan.kind === "ec2" && plan.market)).toEqual([
      "spot",
      "spot",
    ]);
  });

  it("gives the machines that came to the first runs, and the others another launch", async () => {
    const world = memoryWorld();
    const matrix =
      "on: push\njobs:\n  t: { runs-on: linux, strategy: { matrix: { n: [0,1,2] } }, steps: [{ run: x }] }\n";
    world.home.source.commitFiles("a".repeat(40), { files: { ".gitea/workflows/t.yml": matrix } });
    world.machines.script({ kind: "short", count: 2, shortage: capacity });
    const envelope = world.home.pushed(repo, { ref: "refs/heads/main", before: "0".repeat(40), after: "a".repeat(40) });
    await dispatch(world, { v: 1, kind: "event", envelope }, 1);

    expect(world.runs.all().map(({ status }) => status)).toEqual(["booting", "booting", "queued"]);
  });

  it.each([true, false])(
    "6-02 repeats a launch of which nobody knows, with the same token (it had happened: %s)",
    async (happened) => {
      const world = memoryWorld();
      world.machines.script({ kind: "unknown", launched: happened });
      await queueJobs(world);
      expect(world.runs.all()).toMatchObject([{ status: "launching" }]);

      await sweepAfter(world, 61);
      expect(new Set(world.machines.launchCalls().map(({ token }) => token)).size).toBe(1);
      expect(world.machines.all()).toHaveLength(1);
      expect(world.runs.all()).toMatchObject([{ status: "booting", attempt: 1 }]);
    },
  );

  it("does not give up a launch whose machines are there: it only never heard of them", async () => {
    const world = memoryWorld();
    world.machines.script({ kind: "unknown", launched: true });
    await queueJobs(world);
    await sweepAfter(world, 301);
    expect(world.machines.all()).toHaveLength(1);
    expect(world.machines.launchCalls()).toHaveLength(1);
    expect(world.runs.all()).toMatchObject([{ status: "booting" }]);
  });

  it("gives an unanswered launch up after five minutes", async () => {
    const world = memoryWorld();
    world.machines.script(...Array.from({ length: 6 }, () => ({ kind: "unknown", launched: false }) as const));
    await queueJobs(world);
    for (let n = 0; n < 6; n++) await sweepAfter(world, 61);
    expect(world.runs.all()[0]?.history.some(({ reason }) => reason.includes("no answer in five minutes"))).toBe(true);
  });

  it("does not try a wrong configuration again", async () => {
    const world = memoryWorld();
    world.machines.script({
      kind: "none",
      shortage: { class: "permanent", code: "InvalidAMIID.NotFound", text: "the image is gone" },
    });
    await queueJobs(world);
    expect(world.runs.all()).toMatchObject([{ status: "failed", reason: { code: "InvalidAMIID.NotFound" } }]);
    expect(world.home.statuses()).toMatchObject([{ state: "error", text: "the image is gone" }]);
  });

  it("fails runs whose profile cannot be launched at all, with the reason", async () => {
    const world = memoryWorld();
    const plan = () => Promise.reject(new UserError("profile small names no image"));
    await queueJobs({ ...world, machines: { ...world.machines, plan } });
    expect(world.runs.all()).toMatchObject([{ status: "failed", reason: { text: "profile small names no image" } }]);
  });

  it("tries a plan again that could not be made just then", async () => {
    const world = memoryWorld();
    const plan = () => Promise.reject(new WorldError("ssm GetParameters: no answer", { retryable: true }));
    await queueJobs({ ...world, machines: { ...world.machines, plan } }).catch(() => undefined);
    expect(world.runs.all()).toMatchObject([{ status: "queued" }]);
    await sweepAfter(world, 300);
    expect(world.runs.all()).toMatchObject([{ status: "booting" }]);
  });

  it("leaves a run alone that waits for its next try, when another one is launched", async () => {
    const world = memoryWorld();
    world.machines.script({ kind: "none", shortage: capacity });
    await queueJobs(world);
    const next = { id: "2", name: "job 2", labels: ["linux"], headSha: "a".repeat(40) };
    await dispatch(world, { v: 1, kind: "event", envelope: world.home.queueJob(repo, next) }, 1);
    expect(world.runs.all()).toMatchObject([{ status: "queued" }, { status: "booting" }]);
  });

  it("6-02 asks for as many machines as runs are its own: one that ended meanwhile gets none", async () => {
    const world = memoryWorld();
    world.machines.script({ kind: "none", shortage: capacity }, { kind: "none", shortage: capacity });
    await queueJobs(world, 2);
    const stale = await world.runs.open();
    await dispatch(world, { v: 1, kind: "event", envelope: world.home.finishJob("2", "cancelled") }, 1);
    world.clock.advance(600);
    const [first] = stale;
    await launchDue({ ...world, runs: { ...world.runs, open: async () => stale } }, first?.scope ?? "", "small");
    expect(world.machines.launchCalls().at(-1)).toMatchObject({ count: 1, runKeys: [first?.key] });
  });

  it("5-12 a quota burns no attempts, and the run says why it waits", async () => {
    const world = memoryWorld();
    const quota: Shortage = {
      class: "account",
      code: "VcpuLimitExceeded",
      text: "the account's vCPU quota is used up",
    };
    world.machines.script(...Array.from({ length: 8 }, () => ({ kind: "none", shortage: quota }) as const));
    await queueJobs(world);
    for (let n = 0; n < 7; n++) await later(world, 600);
    expect(world.runs.all()).toMatchObject([{ status: "queued", attempt: 0, reason: { code: "VcpuLimitExceeded" } }]);
    expect(world.home.statuses()).toEqual([
      {
        context: "dayfly / job 1",
        state: "pending",
        text: "no machine for 10 minutes, it is asked for again: the account's vCPU quota is used up",
      },
    ]);
  });

  it("keeps to the profile's limit, and goes on when a machine ends", async () => {
    const profiles = [{ ...smallProfile, limits: { ...smallProfile.limits, machines: 1 } }];
    const world = memoryWorld({ config: { ...testConfig, profiles } });
    await queueJobs(world, 2);
    expect(world.runs.all()).toMatchObject([
      { status: "booting" },
      { status: "queued", reason: { code: "profile-full" } },
    ]);

    await dispatch(world, { v: 1, kind: "event", envelope: world.home.finishJob("1", "cancelled") }, 1);
    await later(world, 61);
    expect(world.runs.all()).toMatchObject([{ status: "cancelled" }, { status: "booting" }]);
  });

  it("gives the room of an ended machine away at once", async () => {
    const profiles = [{ ...smallProfile, limits: { ...smallProfile.limits, machines: 1 } }];
    const world = memoryWorld({ config: { ...testConfig, profiles } });
    await queueJobs(world, 2);
    const [machine] = world.machines.all();
    const caller = { instanceId: machine?.instanceId ?? "" };
    await claim(world, caller, "b");
    await dispatch(world, { v: 1, kind: "event", envelope: world.home.finishJob("1", "cancelled") }, 1);
    await exit(world, caller, { bootId: "b", cause: "idle", code: 0 });
    await later(world, 0);
    expect(world.runs.all()).toMatchObject([{ status: "cancelled" }, { status: "booting" }]);
  });
});
