import { beforeEach, describe, expect, it } from "@jest/globals";
import { type DeployAnswer, requestDeploy } from "../../../lib/app/deploy/deploy.ts";
import { advanceDeploy } from "../../../lib/app/deploy/deploy-advance.ts";
import { sweepDeploys } from "../../../lib/app/deploy/deploy-sweep.ts";
import { dispatch } from "../../../lib/app/dispatch.ts";
import type { Deploy } from "../../../lib/core/deploy/deploy.ts";
import { DeployBody } from "../../../lib/core/deploy/deploy-calls.ts";
import type { Asker } from "../../../lib/core/deploy/policy.ts";
import { WorldError } from "../../../lib/core/errors.ts";
import { apiToken } from "../../contracts/deploy-samples.ts";
import { memoryDeployWorld } from "../../world/deploy-world.ts";
import type { Delivery } from "../../world/memory-target.ts";

const administrator: Asker = { kind: "administrator", name: "alice" };
const laptop: Asker = {
  kind: "token",
  token: apiToken({ app: "shop", env: "dev", expiresAt: Number.MAX_SAFE_INTEGER }),
};
const commits = ["1", "2", "3"].map((digit) => digit.repeat(40));
const shop = { app: "shop", env: "dev" };

let world: ReturnType<typeof memoryDeployWorld>;
beforeEach(() => {
  world = memoryDeployWorld();
  for (const [n, sha] of commits.entries()) {
    const parent = commits[n - 1];
    world.home.source.commitFiles(sha, parent === undefined ? {} : { parents: [parent] });
  }
});

const bodyOf = (change: Partial<DeployBody>) => DeployBody.parse({ ...shop, ...change });
const nth = (n: number) => ({ tag: `sha-${commits[n - 1]?.slice(0, 7)}`, commit: commits[n - 1] });

async function ask(change: Partial<DeployBody>, asker = administrator): Promise<Deploy> {
  const answer = await requestDeploy(world, asker, bodyOf(change));
  if (answer.kind !== "accepted") throw new Error(JSON.stringify(answer));
  return answer.deploy;
}

/** Time passes and somebody looks now and then, until it is over. */
async function toItsEnd({ id }: Deploy, seconds = 7200): Promise<Deploy> {
  for (let passed = 0; passed < seconds; passed += 5) {
    await advanceDeploy(world, id);
    const deploy = await world.deploys.get(id);
    if (deploy && "endedAt" in deploy) return deploy;
    world.clock.advance(5);
  }
  throw new Error(`deploy ${id} does not end: ${JSON.stringify(await world.deploys.get(id))}`);
}

const environment = () => world.environments.get("shop", "dev");

describe("the life of a deploy", () => {
  it("4-09 stores what is desired before anything is sent", async () => {
    const deploy = await ask(nth(1));
    expect(deploy).toMatchObject({ status: "pending", fence: 1 });
    expect(await environment()).toMatchObject({
      fence: 1,
      desired: { deployId: deploy.id, release: nth(1) },
      observed: {},
    });
    expect(world.targets.web1.applied().size).toBe(0);
    expect(world.woken).toEqual([{ id: deploy.id, afterSeconds: 0 }]);
  });

  it("is moved on by a message, and by whoever says that its command has ended, before it is due", async () => {
    world.targets.web1.workSeconds = 0.5;
    const { id } = await ask(nth(1));
    expect(await dispatch(world, { v: 1, kind: "deploy", deployId: id }, 1)).toEqual({ kind: "done" });
    world.clock.advance(0.8);
    await advanceDeploy(world, id);
    expect(await world.deploys.get(id)).toMatchObject({ status: "running", steps: [{ state: "sent" }] });
    await advanceDeploy(world, id, "command-ended");
    expect(await world.deploys.get(id)).toMatchObject({ status: "deployed" });
  });

  it("4-09 is taken up by the sweep when whoever stored it died", async () => {
    const deploy = await ask(nth(1));
    await sweepDeploys(world);
    world.clock.advance(60);
    await sweepDeploys(world);
    expect(await world.deploys.get(deploy.id)).toMatchObject({ status: "deployed" });
  });

  it("3-17 is deployed when the target has seen the commit live, and observed says so", async () => {
    const ended = await toItsEnd(await ask(nth(1)));
    expect(ended).toMatchObject({ status: "deployed", reason: { code: "deployed" } });
    const { observed, operation } = (await environment()) ?? {};
    expect(observed).toMatchObject({ web1: { condition: "verified", fence: 1, from: "result", release: nth(1) } });
    expect(operation).toBeUndefined();
  });

  it("3-17 is no success when the target says that another commit runs", async () => {
    const { result } = world.targets.web1;
    world.targets.web1.result = async (id) => {
      const found = await result(id);
      if (found.kind !== "reported") return found;
      return { ...found, report: { ...found.report, running: { tag: "main", commit: commits[2] } } };
    };
    expect(await toItsEnd(await ask(nth(1)))).toMatchObject({ status: "failed", reason: { code: "another-commit" } });
  });

  it("3-17 is no success when the target says that another digest runs", async () => {
    const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
    const { result } = world.targets.web1;
    world.targets.web1.result = async (id) => {
      const found = await result(id);
      if (found.kind !== "reported") return found;
      return { ...found, report: { ...found.report, running: { ...nth(1), digest: digest("b") } } };
    };
    const ended = await toItsEnd(await ask({ ...nth(1), digest: digest("a") }));
    expect(ended).toMatchObject({ status: "failed", reason: { code: "another-digest" } });
  });

  it("3-17 is no success by the answer to a question about it, though that has its id", async () => {
    const { send, find } = world.targets.web1;
    const question = { kind: "inspect", verb: "status", app: "shop", env: "dev" } as const;
    world.targets.web1.next.push({ heard: "unknown" });
    world.targets.web1.find = async (deployId) => {
      world.targets.web1.find = find;
      const sent = await send({ ...question, deployId });
      return sent.kind === "sent" ? [sent.commandId] : [];
    };
    const deploy = await ask({ op: "rollback" });
    expect((await toItsEnd(deploy)).status).not.toBe("deployed");
  });

  it("2-14 a broken version is rolled back: desired stays, observed is the version before", async () => {
    await toItsEnd(await ask(nth(1)));
    world.targets.web1.behaviour = (release) => (release?.tag === nth(2).tag ? "broken" : "good");
    const ended = await toItsEnd(await ask(nth(2)));
    expect(ended).toMatchObject({ status: "rolled-back", reason: { code: "unhealthy" } });
    expect(await environment()).toMatchObject({
      desired: { release: nth(2) },
      observed: { web1: { condition: "verified", release: nth(1) } },
    });
  });

  it("2-17 a first version that is broken leaves nothing running, and says so", async () => {
    world.targets.web1.behaviour = () => "broken";
    expect(await toItsEnd(await ask(nth(1)))).toMatchObject({ status: "failed" });
    expect((await environment())?.observed.web1).toMatchObject({ condition: "stopped" });
    expect((await environment())?.observed.web1?.release).toBeUndefined();
  });

  it("goes from target to target, and stops at the first that fails", async () => {
    world.targets.web1.behaviour = () => "broken";
    const ended = await toItsEnd(await ask({ ...nth(1), env: "staging" }));
    expect(ended.steps.map(({ target, state }) => `${target} ${state}`)).toEqual(["web1 done", "web2 idle"]);
    expect(world.targets.web2.applied().size).toBe(0);
  });

  it("tells each step in its audit, in order", async () => {
    const { id } = await toItsEnd(await ask(nth(1)));
    expect((await world.deploys.audit(id)).map(({ text }) => text)).toEqual([
      "asked by alice",
      "stored as desired",
      "its turn has come",
      "send 1 to web1",
      "command command-1 is sent",
      `web1: ${nth(1).tag} is live`,
    ]);
  });
});

describe("which wish wins", () => {
  it("2-33 a commit that the desired one contains is superseded, whenever it comes", async () => {
    const newer = await ask(nth(2));
    const late = await ask(nth(1));
    expect(late).toMatchObject({ status: "superseded", reason: { code: "older" } });
    expect(late.reason.text).toContain(newer.id);
    expect((await environment())?.desired?.deployId).toBe(newer.id);
  });

  it("2-18 the commit that is desired already is not older than itself, though git calls it its own ancestor", async () => {
    const { isAncestor } = world.home.source;
    world.home.source.isAncestor = async (repo, older, newer) => older === newer || isAncestor(repo, older, newer);
    await toItsEnd(await ask(nth(2)));
    expect(await toItsEnd(await ask(nth(2)))).toMatchObject({ status: "deployed" });
  });

  it("2-33 also when both are stored at one moment", async () => {
    const { desire } = world.environments;
    let first = true;
    world.environments.desire = async (...wish) => {
      if (first) {
        first = false;
        await ask(nth(3));
      }
      return desire(...wish);
    };
    expect(await ask(nth(2))).toMatchObject({ status: "superseded", reason: { code: "older" } });
    expect((await environment())?.desired?.release).toEqual(nth(3));
  });

  it("2-33 nothing is stored while the forge does not say which commit is older", async () => {
    await ask(nth(2));
    world.home.source.isAncestor = async () => {
      throw new WorldError("the forge is down", { retryable: true });
    };
    expect(await requestDeploy(world, administrator, bodyOf(nth(1)))).toMatchObject({ kind: "refused", status: 503 });
    expect(world.deploys.all()).toHaveLength(1);
  });

  it("0-20 a rollback may go back, and names no version where the target knows it", async () => {
    await toItsEnd(await ask(nth(1)));
    await toItsEnd(await ask(nth(2)));
    expect(await toItsEnd(await ask({ op: "rollback" }))).toMatchObject({ status: "deployed" });
    expect(world.targets.web1.running(shop)).toEqual(nth(1));
  });

  it("0-20 a rollback to an older commit by its name is not superseded by the newer one", async () => {
    await toItsEnd(await ask(nth(1)));
    await toItsEnd(await ask(nth(2)));
    expect(await toItsEnd(await ask({ op: "rollback", ...nth(1) }))).toMatchObject({ status: "deployed" });
    expect(world.targets.web1.running(shop)).toEqual(nth(1));
  });

  it.each([
    { tag: "main", is: "refused" },
    { tag: "latest", is: "refused" },
    { tag: "v1.0.0", is: "refused" },
    { tag: "sha-1111111", is: "refused" },
    { tag: "sha-2222222", is: "accepted" },
  ])("2-33 a token's tag without a commit, where a commit is desired: $tag is $is", async ({ tag, is }) => {
    const wish = bodyOf({ tag });
    expect(await requestDeploy(world, laptop, wish)).toMatchObject({ kind: "accepted" });
    const newer = await ask(nth(2));
    const answer = await requestDeploy(world, laptop, wish);
    expect(answer).toMatchObject({ kind: is, ...(is === "refused" && { status: 422, reason: { code: "no-commit" } }) });
    expect(await requestDeploy(world, laptop, { ...wish, dryRun: true })).toMatchObject({
      kind: is === "refused" ? "refused" : "planned",
    });
    if (is === "refused") expect((await environment())?.desired?.deployId).toBe(newer.id);
    expect(await requestDeploy(world, laptop, bodyOf(nth(3)))).toMatchObject({ kind: "accepted" });
    expect(await requestDeploy(world, administrator, wish)).toMatchObject({ kind: "accepted" });
  });
  it("2-33 after such a rollback an even older build is still superseded", async () => {
    await toItsEnd(await ask(nth(2)));
    await toItsEnd(await ask(nth(3)));
    await toItsEnd(await ask({ op: "rollback" }));
    expect(await ask(nth(1))).toMatchObject({ status: "superseded" });
  });

  it("a newer wish takes the place of one that has not begun, and waits for one that has", async () => {
    world.targets.web1.workSeconds = 60;
    const first = await ask(nth(1));
    await advanceDeploy(world, first.id);
    const second = await ask(nth(2));
    await advanceDeploy(world, second.id);
    expect(await world.deploys.get(second.id)).toMatchObject({
      status: "pending",
      nextAction: `wait for ${first.id}, which is at work`,
    });
    const third = await ask(nth(3));
    expect(await toItsEnd(second)).toMatchObject({
      status: "superseded",
      reason: { text: expect.stringContaining(third.id) },
    });
    expect(await toItsEnd(first)).toMatchObject({ status: "deployed" });
    expect(await toItsEnd(third)).toMatchObject({ status: "deployed" });
    expect(world.targets.web1.fences().get("shop/dev")).toEqual([1, 3]);
  });
});

describe("when the world does not answer", () => {
  const deliveries: readonly (readonly [string, Delivery, Partial<Deploy>, number])[] = [
    ["nobody knows, and it arrived", { heard: "unknown", after: 0 }, { status: "deployed" }, 1],
    ["nobody knows, and it never arrived", { heard: "unknown" }, { status: "deployed" }, 1],
    ["nobody knows, and it arrives late", { heard: "unknown", after: 400 }, { status: "deployed" }, 1],
    ["it could not be sent", { heard: "unreachable" }, { status: "deployed" }, 1],
    ["it can never be sent", { heard: "impossible" }, { status: "expired" }, 0],
    ["it was sent and its answer is lost", { heard: "sent", after: 0, unheard: true }, { status: "deployed" }, 1],
    ["it was sent and never delivered", { heard: "sent" }, { status: "expired" }, 0],
  ];
  it.each(deliveries)("%s", async (_name, delivery, then, times) => {
    world.targets.web1.next.push(delivery);
    const deploy = await ask(nth(1));
    expect(await toItsEnd(deploy)).toMatchObject(then);
    world.clock.advance(3600);
    expect(world.targets.web1.running(shop)).toEqual(times > 0 ? nth(1) : undefined);
    expect(world.targets.web1.applied().get(deploy.id) ?? 0).toBe(times);
  });

  it("a send of which nobody knows is looked for, and followed where it is found: it is not sent again", async () => {
    const { send } = world.targets.web1;
    const sent: string[] = [];
    world.targets.web1.send = async (command) => {
      sent.push(command.kind);
      return send(command);
    };
    world.targets.web1.next.push({ heard: "unknown", after: 0 });
    expect(await toItsEnd(await ask(nth(1)))).toMatchObject({ status: "deployed" });
    expect(sent).toEqual(["deploy"]);
  });

  it("a target that lost its power in the middle is asked to undo it, and tells", async () => {
    world.targets.web1.workSeconds = 30;
    const deploy = await ask(nth(1));
    await advanceDeploy(world, deploy.id);
    world.clock.advance(10);
    world.targets.web1.cut();
    expect(await toItsEnd(deploy)).toMatchObject({ status: "failed", reason: { code: "interrupted" } });
  });

  it("2-28 a target that never comes back: the deploy ends by its deadline, and nothing runs later", async () => {
    world.targets.web1.setOnline(false);
    const deploy = await ask(nth(1));
    const ended = await toItsEnd(deploy);
    expect(["expired", "unknown"]).toContain(ended.status);
    world.targets.web1.setOnline(true);
    world.clock.advance(3600);
    expect(world.targets.web1.running(shop)).toBeUndefined();
  });

  it("an answer of another place is no answer: it is asked again, and never observed", async () => {
    const { result } = world.targets.web1;
    world.targets.web1.result = async (id) => {
      const found = await result(id);
      return found.kind === "reported" ? { ...found, report: { ...found.report, env: "prod" } } : found;
    };
    const ended = await toItsEnd(await ask(nth(1)));
    expect(ended.status).toBe("unknown");
    expect((await environment())?.observed).toEqual({});
  });

  it("the answer to another question says nothing of how a deploy ended", async () => {
    const { result } = world.targets.web1;
    world.targets.web1.result = async (id) => {
      const found = await result(id);
      const isAnswer = found.kind === "reported" && found.report.op === "status";
      return isAnswer ? { ...found, report: { ...found.report, op: "diagnostics" } } : found;
    };
    world.targets.web1.next.push({ heard: "sent", after: 0, unheard: true });
    expect(await toItsEnd(await ask(nth(1)))).toMatchObject({ status: "unknown" });
  });

  it("dies between any two of its steps, and another one finishes it", async () => {
    const deploy = await ask(nth(1));
    for (let calls = 0; calls < 40; calls++) {
      const dying = memoryDeployWorldOf(world, calls % 7);
      await advanceDeploy(dying, deploy.id).catch(() => undefined);
      world.clock.advance(20);
    }
    expect(await toItsEnd(deploy)).toMatchObject({ status: "deployed" });
    expect(world.targets.web1.applied().get(deploy.id)).toBe(1);
  });
});

/** The same world, whose stores throw after so many writes. */
function memoryDeployWorldOf(whole: typeof world, writes: number): typeof world {
  let left = writes;
  const save: typeof whole.deploys.save = async (...args) => {
    if (left-- <= 0) throw new Error("died");
    return whole.deploys.save(...args);
  };
  return { ...whole, deploys: { ...whole.deploys, save } };
}

describe("3-03 what nobody deployed", () => {
  it("shows as drift at the next look, and desired stays as it was", async () => {
    const deploy = await toItsEnd(await ask(nth(2)));
    world.targets.web1.drift(shop, nth(1));
    for (let n = 0; n < 4; n++) {
      world.clock.advance(600);
      await sweepDeploys(world);
    }
    expect(await environment()).toMatchObject({
      desired: { deployId: deploy.id },
      observed: { web1: { condition: "drifted", from: "inspection", release: nth(1) } },
    });
  });
});

describe("what is not asked for is not stored", () => {
  it("a dry run says what would be done", async () => {
    const answer: DeployAnswer = await requestDeploy(world, administrator, bodyOf({ ...nth(1), dryRun: true }));
    expect(answer).toEqual({
      kind: "planned",
      plan: { ...shop, op: "deploy", needsApproval: false, release: nth(1), targets: [{ name: "web1" }] },
    });
    expect(world.deploys.all()).toEqual([]);
    expect(world.environments.all()).toEqual([]);
  });
});
