import { describe, expect, it } from "@jest/globals";
import { claim } from "../../lib/app/claim.ts";
import { credentials, type GrantWorld } from "../../lib/app/credentials.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import type { GrantRule } from "../../lib/core/deploy/grant.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { AssignedJob, Assignments } from "../../lib/core/forge.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const grant: GrantRule = {
  name: "push-shop",
  to: { ecr: ["shop"], s3: [], cloudfront: [] },
  from: { repo: "acme/shop", refs: ["main"], events: ["push"] },
  minutes: 15,
};

interface Claimed {
  readonly world: MemoryWorld;
  readonly token: string;
  readonly runner: string;
}

/** One machine that has claimed and holds its token. */
async function claimed(): Promise<Claimed> {
  const world = memoryWorld();
  const job = { id: "1", name: "release", labels: ["linux"], headSha: "a".repeat(40) };
  await dispatch(world, { v: 1, kind: "event", envelope: world.home.queueJob(repo, job) }, 1);
  const [machine] = world.machines.all();
  const answer = await claim(world, { instanceId: machine?.instanceId ?? "" }, "b1");
  if (answer.status !== 200) throw new Error("refused");
  return { world, token: answer.body.machineToken, runner: answer.body.runner };
}

/** What the forge says of the runner; vended sessions are noted. */
function granting({ world, runner }: Claimed, ofRunner?: Assignments["ofRunner"]) {
  const has: AssignedJob = {
    repo,
    jobId: "1",
    jobName: "release",
    runnerName: runner,
    event: "push",
    ref: "refs/heads/main",
    headSha: "a".repeat(40),
    fork: false,
  };
  const vended: string[] = [];
  const asked: unknown[] = [];
  const assignments: Assignments = {
    ofRunner: async (...question) => {
      asked.push(question);
      return ofRunner ? ofRunner(...question) : has;
    },
  };
  const granted: GrantWorld = {
    ...world,
    forge: () => ({ ...world.home, assignments }),
    grants: [grant],
    vending: {
      async vend(name, session, seconds) {
        vended.push(`${name} ${session} ${seconds}`);
        const expiresAt = world.clock.now() + seconds * 1000;
        return { accessKeyId: "ASIAKEY", secretAccessKey: "s3cr3t", sessionToken: "t0k3n", expiresAt };
      },
    },
  };
  return { granted, vended, asked, has };
}

describe("POST /runner/credentials", () => {
  it("1-19 gives the right job a session, in the shape of a credential process", async () => {
    const one = await claimed();
    const { granted, vended, asked } = granting(one);
    const answer = await credentials(granted, one.token, "push-shop");
    expect(answer).toEqual({
      status: 200,
      body: {
        Version: 1,
        AccessKeyId: "ASIAKEY",
        SecretAccessKey: "s3cr3t",
        SessionToken: "t0k3n",
        Expiration: new Date(one.world.clock.now() + 900_000).toISOString(),
      },
    });
    const instanceId = one.world.machines.all()[0]?.instanceId;
    expect(vended).toEqual([`push-shop dayfly-${instanceId} 900`]);
    expect(asked).toEqual([[repo, { name: one.runner, id: expect.any(String) }]]);
  });

  it("writes down who got what, and never a key or a token", async () => {
    const one = await claimed();
    const { granted } = granting(one);
    await credentials(granted, one.token, "push-shop");
    expect(one.world.log.lines.at(-1)).toMatchObject({
      message: "credentials handed out",
      facts: { grant: "push-shop", keyId: "ASIAKEY", repo: "acme/shop", job: "release", ref: "refs/heads/main" },
    });
    const written = JSON.stringify(one.world.log.lines);
    for (const hush of ["s3cr3t", "t0k3n", one.token]) expect(written).not.toContain(hush);
  });

  it.each<[string, number, string, Assignments["ofRunner"]]>([
    ["an idle machine", 403, "machine-idle", async () => "none"],
    ["a machine whose forge cannot tell", 403, "forge-too-old", async () => "silent"],
    [
      "a machine whose forge does not answer",
      503,
      "forge-silent",
      async () => {
        throw new WorldError("down", { retryable: true });
      },
    ],
  ])("6-10 refuses %s, and writes the reason down", async (_who, status, code, ofRunner) => {
    const one = await claimed();
    const { granted, vended } = granting(one, ofRunner);
    expect(await credentials(granted, one.token, "push-shop")).toMatchObject({ status, body: { error: code } });
    expect(one.world.log.lines.at(-1)).toMatchObject({ message: "credentials refused", facts: { code } });
    expect(vended).toEqual([]);
  });

  it.each([
    { who: "a pull request's job", change: { event: "pull_request", pullRequest: "3" }, code: "pull-request" },
    { who: "a fork's main", change: { repo: { id: "8", name: "eve/shop" } }, code: "repository" },
    { who: "a job that another machine has", change: { runnerName: "dayfly-i-9-1" }, code: "another-runner" },
  ])("6-10 refuses $who, whatever this machine was launched for", async ({ change, code }) => {
    const one = await claimed();
    const { has } = granting(one);
    const { granted, vended } = granting(one, async () => ({ ...has, ...change }));
    expect(await credentials(granted, one.token, "push-shop")).toMatchObject({ status: 403, body: { error: code } });
    expect(vended).toEqual([]);
  });

  it.each([
    { what: "no token", token: undefined },
    { what: "a token that nobody has", token: "f".repeat(64) },
  ])("asks no forge for $what", async ({ token }) => {
    const one = await claimed();
    const { granted, asked } = granting(one);
    expect(await credentials(granted, token, "push-shop")).toMatchObject({ status: 401 });
    expect(asked).toEqual([]);
  });

  it("does not take an older token of the same boot", async () => {
    const one = await claimed();
    const { granted } = granting(one);
    await claim(one.world, { instanceId: one.world.machines.all()[0]?.instanceId ?? "" }, "b1");
    expect(await credentials(granted, one.token, "push-shop")).toMatchObject({ status: 401 });
  });

  it("hands over nothing while the provider does not make a session", async () => {
    const one = await claimed();
    const { granted } = granting(one);
    const vend = () => Promise.reject(new WorldError("sts is down", { retryable: true }));
    await expect(credentials({ ...granted, vending: { vend } }, one.token, "push-shop")).rejects.toThrow("sts is down");
  });
});
