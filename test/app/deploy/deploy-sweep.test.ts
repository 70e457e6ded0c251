import { beforeEach, describe, expect, it } from "@jest/globals";
import { requestDeploy } from "../../../lib/app/deploy/deploy.ts";
import { advanceDeploy } from "../../../lib/app/deploy/deploy-advance.ts";
import { sweepDeploys } from "../../../lib/app/deploy/deploy-sweep.ts";
import { DeployBody } from "../../../lib/core/deploy/deploy-calls.ts";
import type { TargetCommand } from "../../../lib/core/deploy/deploy-ports.ts";
import { WorldError } from "../../../lib/core/errors.ts";
import { memoryDeployWorld, sentToWeb1 } from "../../world/deploy-world.ts";

const minute = 60;
let world: ReturnType<typeof memoryDeployWorld>;
let sent: TargetCommand[];
beforeEach(() => {
  world = memoryDeployWorld();
  sent = sentToWeb1(world);
});

async function ask(env: string, commit: string): Promise<string> {
  const wish = DeployBody.parse({ app: "shop", env, tag: "main", commit: commit.repeat(40) });
  const answer = await requestDeploy(world, { kind: "administrator", name: "alice" }, wish);
  if (answer.kind !== "accepted") throw new Error(JSON.stringify(answer));
  return answer.deploy.id;
}

async function live(env: string, commit = "1"): Promise<string> {
  const id = await ask(env, commit);
  await advanceDeploy(world, id);
  world.clock.advance(30);
  await advanceDeploy(world, id);
  expect(await world.deploys.get(id)).toMatchObject({ status: "deployed" });
  sent.length = 0;
  return id;
}

const looks = () => sent.filter(({ kind }) => kind === "inspect").length;

describe("the sweep of deploys", () => {
  it("frees an environment whose operation has ended: whoever ended it died before that", async () => {
    const id = await live("dev");
    const environment = (await world.environments.get("shop", "dev"))!;
    await world.environments.save({ ...environment, operation: id }, environment.version);
    await sweepDeploys(world);
    expect((await world.environments.get("shop", "dev"))?.operation).toBeUndefined();
  });

  it("goes on with every other item where one fails", async () => {
    const [bad, good] = [await ask("dev", "1"), await ask("staging", "2")];
    const { get } = world.deploys;
    world.deploys.get = async (id) => {
      if (id === bad) throw new WorldError("this row cannot be read", { retryable: true });
      return get(id);
    };
    await sweepDeploys(world);
    expect(await get(good)).toMatchObject({ status: "running" });
    expect(JSON.stringify(world.log.lines)).toContain("left for the next sweep");
  });

  it("3-03 looks at a target every quarter of an hour, and no more often", async () => {
    await live("dev");
    for (const [seconds, then] of [
      [0, 1],
      [minute, 1],
      [13 * minute, 1],
      [2 * minute, 2],
    ] as const) {
      world.clock.advance(seconds);
      await sweepDeploys(world);
      expect(looks()).toBe(then);
    }
  });

  it("asks anew where a look was never answered", async () => {
    await live("dev");
    world.targets.web1.result = async () => ({ kind: "pending" });
    await sweepDeploys(world);
    world.clock.advance(19 * minute);
    await sweepDeploys(world);
    expect(looks()).toBe(1);
    world.clock.advance(2 * minute);
    await sweepDeploys(world);
    expect(looks()).toBe(2);
  });

  it("looks at nothing while a deploy is at work there", async () => {
    await live("dev");
    world.targets.web1.workSeconds = 10 * minute;
    await advanceDeploy(world, await ask("dev", "2"));
    world.clock.advance(minute);
    await sweepDeploys(world);
    expect(looks()).toBe(0);
  });

  it("wakes whoever is desired by now as soon as the one before has ended", async () => {
    world.targets.web1.workSeconds = 20;
    const first = await ask("dev", "1");
    await advanceDeploy(world, first);
    const next = await ask("dev", "2");
    world.clock.advance(30);
    world.woken.splice(0);
    await advanceDeploy(world, first);
    expect(world.woken).toEqual([{ id: next, afterSeconds: 0 }]);
  });
});
