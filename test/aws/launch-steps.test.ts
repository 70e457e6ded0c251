import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import type { World } from "../../lib/core/ports.ts";
import type { Ec2Switches } from "../fakes/ec2/account.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";
import { type Ec2World, ec2Plan, ec2World } from "./ec2-world.ts";

const pools = ["c7g.large", "m7g.large"].flatMap((type) => ["subnet-a", "subnet-b"].map((at) => `${type}/${at}`));
const none = (market: string) => new Map(pools.map((pool) => [`${pool}/${market}`, 0]));

let ec2: Ec2World;
let memory: MemoryWorld;
let world: World;
beforeEach(async () => {
  ec2 = await ec2World();
  memory = memoryWorld({ clock: ec2.clock });
  world = { ...memory, machines: { ...ec2.machines, plan: async (_profile, market) => ec2Plan({ market }) } };
});
afterEach(() => ec2.close());

/** A push of three jobs: one launch. */
async function push(): Promise<void> {
  const matrix = "on: push\njobs:\n  t: { runs-on: linux, strategy: { matrix: { n: [0,1,2] } }, steps: [] }\n";
  memory.home.source.commitFiles("a".repeat(40), { files: { ".gitea/workflows/t.yml": matrix } });
  const event = { ref: "refs/heads/main", before: "0".repeat(40), after: "a".repeat(40) };
  const envelope = memory.home.pushed({ id: "7", name: "acme/shop" }, event);
  await dispatch(world, { v: 1, kind: "event", envelope }, 1);
}

const statuses = () => memory.runs.all().map(({ status }) => status);
const reasons = () => [...new Set(memory.runs.all().map(({ reason }) => reason.code))];
const markets = () =>
  ec2.server.calls.filter(({ action }) => action === "CreateFleet").map(({ query }) => marketOf(query));

function marketOf(query: object): unknown {
  const { TargetCapacitySpecification: target } = query as { TargetCapacitySpecification: Record<string, string> };
  return target.DefaultTargetCapacityType;
}

interface Meeting {
  readonly met: string;
  readonly change: Partial<Ec2Switches>;
  /** What the rows say right after. */
  readonly says: string;
  readonly statuses: readonly string[];
  /** What changes the account before the next look, ten minutes later. */
  readonly then?: Partial<Ec2Switches>;
  readonly markets: readonly string[];
  readonly machines: number;
}

describe("5-04 what comes of a launch that meets", () => {
  it.each<Meeting>([
    {
      met: "no Spot capacity: On-Demand, by a launch of its own",
      change: { capacity: none("spot") },
      says: "InsufficientInstanceCapacity",
      statuses: ["queued", "queued", "queued"],
      markets: ["spot", "on-demand"],
      machines: 3,
    },
    {
      met: "errors beside some machines: those serve, the others get On-Demand ones",
      change: { capacity: new Map([...none("spot"), [`${pools[0]}/spot`, 2]]) },
      says: "launched",
      statuses: ["booting", "booting", "queued"],
      markets: ["spot", "on-demand"],
      machines: 3,
    },
    {
      met: "throttling: Spot again, later",
      change: { bucket: { depth: 0, perSecond: 0 } },
      says: "RequestLimitExceeded",
      statuses: ["queued", "queued", "queued"],
      then: { bucket: undefined },
      markets: ["spot", "spot"],
      machines: 3,
    },
    {
      met: "a quota: Spot again, later",
      change: { spotQuota: 0 },
      says: "MaxSpotInstanceCountExceeded",
      statuses: ["queued", "queued", "queued"],
      then: { spotQuota: 1000 },
      markets: ["spot", "spot"],
      machines: 3,
    },
    {
      met: "a missing image: the end, with the cure",
      change: { images: new Set() },
      says: "InvalidAMIID.NotFound",
      statuses: ["failed", "failed", "failed"],
      markets: ["spot"],
      machines: 0,
    },
    {
      met: "the first Spot call ever, without the right to make the role: the end, with the command",
      change: { spotRole: "missing" },
      says: "AuthFailure.ServiceLinkedRoleCreationNotPermitted",
      statuses: ["failed", "failed", "failed"],
      markets: ["spot"],
      machines: 0,
    },
  ])("$met", async ({ change, says, statuses: expected, then, markets: asked, machines }) => {
    Object.assign(ec2.account.switches, change);
    await push();
    expect(statuses()).toEqual(expected);
    expect(reasons()).toContain(says);
    Object.assign(ec2.account.switches, then);
    ec2.clock.advance(600);
    // What boots now has ten minutes behind it, so only the launches are looked at.
    await sweep(world);
    expect(markets().slice(0, asked.length)).toEqual(asked);
    expect(ec2.account.machines.length).toBeGreaterThanOrEqual(machines);
    if (machines === 0) expect(ec2.account.machines).toEqual([]);
  });
});
