import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFleet } from "../../lib/aws/fleet-call.ts";
import type { LaunchResult } from "../../lib/core/ports.ts";
import { type Ec2World, ec2Launch, ec2Plan, ec2World } from "./ec2-world.ts";

let world: Ec2World;
beforeEach(async () => {
  world = await ec2World();
});
afterEach(() => world.close());

const everyPool = ["c7g.large", "m7g.large"].flatMap((type) =>
  ["subnet-a", "subnet-b"].map((at) => `${type}/${at}/spot`),
);

function idsOf(result: LaunchResult): readonly string[] {
  return result.kind === "launched" ? result.machines.map((one) => one.instanceId).sort() : [];
}

function createFleetCalls(): number {
  return world.server.calls.filter((call) => call.action === "CreateFleet").length;
}

describe("a launch", () => {
  it("1-08 starts its machines with one call, one-time Spot over types and zones", async () => {
    const result = await world.machines.launch(ec2Launch(world, { count: 10 }));
    expect(idsOf(result)).toHaveLength(10);
    expect(world.server.calls).toHaveLength(1);
    expect(world.server.calls[0]?.query).toMatchObject({
      Type: "instant",
      ClientToken: "token-1",
      SpotOptions: { AllocationStrategy: "price-capacity-optimized", InstanceInterruptionBehavior: "terminate" },
      LaunchTemplateConfigs: { "1": { Overrides: { "4": { InstanceType: "m7g.large", SubnetId: "subnet-b" } } } },
    });
  });

  it("tells type, zone and market of each machine", async () => {
    const result = await world.machines.launch(ec2Launch(world));
    expect(result).toEqual({
      kind: "launched",
      machines: [{ instanceId: "i-00000000000000001", instanceType: "c7g.large", zone: "eu-test-1a", market: "spot" }],
    });
  });

  it("1-16 tags its machines in the call itself, with names that metadata can hold", async () => {
    await world.machines.launch(ec2Launch(world));
    expect(world.account.machines[0]?.tags).toEqual([
      { key: "Name", value: "test small" },
      { key: "dayfly-stack", value: "test" },
      { key: "dayfly-launch", value: "launch-1" },
      { key: "dayfly-deadline", value: "2026-01-01T00:35:00.000Z" },
    ]);
  });

  it("5-04 on demand is a launch of its own with its own token", async () => {
    world.account.switches.capacity = new Map(everyPool.map((pool) => [pool, 0]));
    const spot = await world.machines.launch(ec2Launch(world));
    const onDemand = await world.machines.launch(
      ec2Launch(world, { id: "launch-2", token: "token-2", plan: ec2Plan({ market: "on-demand" }) }),
    );
    expect(spot).toMatchObject({ kind: "none", shortage: { class: "pool", code: "InsufficientInstanceCapacity" } });
    expect(onDemand).toMatchObject({ kind: "launched", machines: [{ market: "on-demand" }] });
  });

  it("counts machines first: errors beside all machines are no shortage", async () => {
    world.account.switches.capacity.set("c7g.large/subnet-a/spot", 1);
    const result = await world.machines.launch(ec2Launch(world, { count: 3 }));
    expect(idsOf(result)).toHaveLength(3);
    expect(result).not.toHaveProperty("shortage");
  });

  it("classifies what is missing: errors beside some machines are a shortage of the rest", async () => {
    world.account.switches.capacity = new Map(everyPool.map((pool, n) => [pool, n === 0 ? 2 : 0]));
    const result = await world.machines.launch(ec2Launch(world, { count: 3 }));
    expect(idsOf(result)).toHaveLength(2);
    expect(result).toMatchObject({ shortage: { class: "pool", code: "InsufficientInstanceCapacity" } });
  });

  it.each([
    {
      met: "a Spot quota",
      change: { spotQuota: 0 },
      gives: { class: "account", code: "MaxSpotInstanceCountExceeded" },
    },
    {
      met: "a missing image",
      change: { images: new Set<string>() },
      gives: { class: "permanent", code: "InvalidAMIID.NotFound" },
    },
    {
      met: "a missing template",
      change: { templates: new Map() },
      gives: { class: "permanent", code: "InvalidLaunchTemplateId.NotFound" },
    },
    {
      met: "the first Spot call ever, without the right to make the role",
      change: { spotRole: "missing" as const },
      gives: { class: "permanent", code: "AuthFailure.ServiceLinkedRoleCreationNotPermitted" },
    },
    {
      met: "throttling",
      change: { bucket: { depth: 0, perSecond: 0 } },
      gives: { class: "throttled", code: "RequestLimitExceeded" },
    },
  ])("that meets $met says so", async ({ change, gives }) => {
    Object.assign(world.account.switches, change);
    const result = await world.machines.launch(ec2Launch(world));
    expect(result).toMatchObject({ kind: "none", shortage: gives });
    expect(world.account.machines).toHaveLength(0);
  });

  it("that meets throttling inside an answer is throttled, not out of capacity", async () => {
    world.account.switches.forcedErrors = [{ code: "RequestLimitExceeded", message: "slow down" }];
    const result = await world.machines.launch(ec2Launch(world));
    expect(result).toMatchObject({ kind: "none", shortage: { class: "throttled" } });
  });

  it.each([
    {
      codes: ["InvalidAMIID.NotFound", "InsufficientInstanceCapacity"],
      class: "pool",
      because: "another pool may have some",
    },
    {
      codes: ["InsufficientInstanceCapacity", "VcpuLimitExceeded"],
      class: "account",
      because: "a quota stops every pool",
    },
    {
      codes: ["VcpuLimitExceeded", "RequestLimitExceeded"],
      class: "throttled",
      because: "the next call may be let in",
    },
  ])("that meets $codes at once is of class $class: $because", ({ codes, class: gives }) => {
    const Errors = codes.map((ErrorCode) => ({ ErrorCode, ErrorMessage: "as told" }));
    for (const errors of [Errors, [...Errors].reverse()]) {
      expect(readFleet(ec2Launch(world), { Errors: errors, $metadata: {} })).toMatchObject({
        kind: "none",
        shortage: { class: gives },
      });
    }
  });

  it("that meets a code which promises nothing, among others that do, is unknown", () => {
    const Errors = ["RequestLimitExceeded", "InternalError", "InvalidAMIID.NotFound"].map((ErrorCode) => ({
      ErrorCode,
    }));
    expect(readFleet(ec2Launch(world), { Errors, $metadata: {} })).toMatchObject({ kind: "unknown" });
  });

  it("that meets a code nobody knows is unknown", async () => {
    world.account.switches.forcedErrors = [{ code: "Novelty", message: "of 2031" }];
    expect(await world.machines.launch(ec2Launch(world))).toEqual({ kind: "unknown", text: "of 2031" });
  });

  it.each(["answer-lost", "never-arrived", "server-error"] as const)(
    "whose call ends in %s is unknown",
    async (kind) => {
      world.server.faults.push({ action: "CreateFleet", kind });
      expect(await world.machines.launch(ec2Launch(world))).toMatchObject({ kind: "unknown" });
      expect(createFleetCalls()).toBe(1);
    },
  );
});

describe.each(["same-fleet", "error"] as const)(
  "6-02 a launch repeated, where a used token answers with %s,",
  (replay) => {
    beforeEach(() => {
      world.account.switches.replay = replay;
    });

    it("after a lost answer comes to the same machines", async () => {
      world.server.faults.push({ action: "CreateFleet", kind: "answer-lost" });
      const launch = ec2Launch(world, { count: 3 });
      await world.machines.launch(launch);
      const started = world.account.machines.map((one) => one.id).sort();

      expect(await settle(() => world.machines.launch(launch))).toEqual(started);
      expect(world.account.machines).toHaveLength(3);
    });

    it("before EC2 shows the machines comes to them later, and starts no others", async () => {
      world.account.switches.visibleAfter = 240_000;
      world.server.faults.push({ action: "CreateFleet", kind: "answer-lost" });
      const launch = ec2Launch(world, { count: 2 });
      await world.machines.launch(launch);
      const started = world.account.machines.map((one) => one.id).sort();

      expect(await settle(() => world.machines.launch(launch))).toEqual(started);
      expect(world.account.machines).toHaveLength(2);
    });

    it("after a call that never arrived starts them once", async () => {
      world.server.faults.push({ action: "CreateFleet", kind: "never-arrived" });
      const launch = ec2Launch(world, { count: 2 });
      await world.machines.launch(launch);

      expect(await settle(() => world.machines.launch(launch))).toHaveLength(2);
      expect(world.account.machines).toHaveLength(2);
    });

    it("whose machines have ended by now comes to those, never to new ones", async () => {
      world.server.faults.push({ action: "CreateFleet", kind: "answer-lost" });
      const launch = ec2Launch(world);
      await world.machines.launch(launch);
      world.account.powerOff("i-00000000000000001");

      expect(await settle(() => world.machines.launch(launch))).toEqual(["i-00000000000000001"]);
      expect(world.account.machines).toHaveLength(1);
    });

    it("tells type, zone and market of what it finds again", async () => {
      world.server.faults.push({ action: "CreateFleet", kind: "answer-lost" });
      const launch = ec2Launch(world);
      await world.machines.launch(launch);
      world.clock.advance(61);
      expect(await world.machines.launch(launch)).toEqual({
        kind: "launched",
        machines: [
          { instanceId: "i-00000000000000001", instanceType: "c7g.large", zone: "eu-test-1a", market: "spot" },
        ],
      });
    });

    it("asks by its token alone while EC2 may not show its machines yet", async () => {
      world.server.faults.push({ action: "CreateFleet", kind: "never-arrived" });
      const launch = ec2Launch(world);
      await world.machines.launch(launch);
      world.clock.advance(59);
      await world.machines.launch(launch);
      expect(world.server.calls.map(({ action }) => action)).not.toContain("DescribeInstances");
    });

    it("looks a second time before it believes that there is nothing", async () => {
      world.account.switches.visibleAfter = 62_000;
      world.server.faults.push({ action: "CreateFleet", kind: "answer-lost" });
      const launch = ec2Launch(world);
      await world.machines.launch(launch);
      world.clock.advance(61);
      expect(idsOf(await world.machines.launch(launch))).toEqual(["i-00000000000000001"]);
      expect(createFleetCalls()).toBe(1);
    });

    it("5-03 looks a second time for those that EC2 does not show yet beside the ones that it does", async () => {
      world.account.switches.visibleAfter = 62_000;
      world.server.faults.push({ action: "CreateFleet", kind: "answer-lost" });
      const launch = ec2Launch(world, { count: 3 });
      await world.machines.launch(launch);
      const [early] = world.account.machines as readonly { startedAt: number }[];
      if (early) early.startedAt -= 10_000;
      world.clock.advance(61);

      const found = await world.machines.launch(launch);
      expect(found).not.toHaveProperty("shortage");
      expect(idsOf(found)).toHaveLength(3);
      expect(createFleetCalls()).toBe(1);
    });

    it("never takes another launch's machines for its own, whatever signs its id holds", async () => {
      await world.machines.launch(ec2Launch(world));
      world.server.faults.push({ action: "CreateFleet", kind: "never-arrived" });
      const launch = ec2Launch(world, { id: "launch-*", token: "token-2" });
      await world.machines.launch(launch);
      world.clock.advance(61);
      expect(idsOf(await world.machines.launch(launch))).toEqual(["i-00000000000000002"]);
    });

    it("says which machines of a partial launch are missing", async () => {
      world.account.switches.capacity = new Map(everyPool.map((pool, n) => [pool, n === 0 ? 2 : 0]));
      world.server.faults.push({ action: "CreateFleet", kind: "answer-lost" });
      const launch = ec2Launch(world, { count: 3 });
      await world.machines.launch(launch);
      world.clock.advance(61);

      expect(await world.machines.launch(launch)).toMatchObject({
        kind: "launched",
        machines: [{}, {}],
        shortage: { class: "pool", code: "AnswerLost" },
      });
    });

    /** Repeats every 30 s, as dispatch and sweep do, until the launch is settled. */
    async function settle(again: () => Promise<LaunchResult>): Promise<readonly string[]> {
      for (let tries = 0; tries < 10; tries++) {
        const result = await again();
        if (result.kind === "launched") return idsOf(result);
        world.clock.advance(30);
      }
      throw new Error("never settled");
    }
  },
);

describe("the list of machines", () => {
  it("1-16 holds our own stack's machines only", async () => {
    await world.machines.launch(ec2Launch(world));
    world.account.createFleet({
      token: "other",
      templateId: "lt-0123456789abcdef0",
      templateVersion: "1",
      overrides: [{ type: "t4g.nano", subnet: "subnet-a", image: "ami-0123456789abcdef0" }],
      count: 1,
      market: "on-demand",
      tags: [{ key: "dayfly-stack", value: "test2" }],
    });
    expect(await world.machines.list()).toEqual([
      {
        instanceId: "i-00000000000000001",
        launchId: "launch-1",
        launchedAt: world.clock.now(),
        deadline: world.clock.now() + 2_100_000,
        state: "running",
      },
    ]);
  });

  it("goes over all pages", async () => {
    await world.machines.launch(ec2Launch(world, { count: 900 }));
    await world.machines.launch(
      ec2Launch(world, { id: "launch-2", token: "token-2", count: 100, plan: ec2Plan({ market: "on-demand" }) }),
    );
    await world.machines.launch(
      ec2Launch(world, { id: "launch-3", token: "token-3", count: 100, plan: ec2Plan({ market: "on-demand" }) }),
    );
    expect(await world.machines.list()).toHaveLength(1100);
  });

  it("follows a machine from pending to ended", async () => {
    world.account.switches.pendingFor = 10_000;
    await world.machines.launch(ec2Launch(world));
    const seen: unknown[] = [];
    const look = async () => seen.push((await world.machines.list())[0]?.state);
    await look();
    world.clock.advance(10);
    await look();
    world.account.powerOff("i-00000000000000001");
    await look();
    world.clock.advance(5);
    await look();
    world.clock.advance(3600);
    await look();
    expect(seen).toEqual(["pending", "running", "stopping", "ended", undefined]);
  });

  it("holds a machine that somebody has stopped as one that is there still: it has to be ended", async () => {
    await world.machines.launch(ec2Launch(world, { plan: ec2Plan({ market: "on-demand" }) }));
    world.account.stop("i-00000000000000001");
    expect(await world.machines.list()).toMatchObject([{ state: "running" }]);
  });

  it("that EC2 refuses is a failure to try again", async () => {
    world.server.faults.push({
      action: "DescribeInstances",
      kind: "refused",
      code: "RequestLimitExceeded",
      status: 503,
    });
    await expect(world.machines.list()).rejects.toMatchObject({ name: "WorldError", retryable: true });
  });
});

describe("ending a machine", () => {
  it("1-15 ends it, and once more is a success", async () => {
    await world.machines.launch(ec2Launch(world));
    await world.machines.terminate("i-00000000000000001", "past its deadline");
    await world.machines.terminate("i-00000000000000001", "past its deadline");
    expect(world.account.machines[0]?.endedAt).toBeDefined();
  });

  it.each(["i-0000000000000beef", "no-instance-id"])("that does not exist (%s) is a success", async (id) => {
    await expect(world.machines.terminate(id, "unknown")).resolves.toBeUndefined();
  });

  it("without the right to is a failure that nobody repeats", async () => {
    world.server.faults.push({
      action: "TerminateInstances",
      kind: "refused",
      code: "UnauthorizedOperation",
      status: 403,
    });
    await expect(world.machines.terminate("i-00000000000000001", "x")).rejects.toMatchObject({ retryable: false });
  });
});
