import { beforeEach, describe, expect, it } from "@jest/globals";
import type { ApiAnswer } from "../../lib/app/deploy/deploy-answer.ts";
import { answerBearer, answerDeployCall } from "../../lib/app/deploy/deploy-routes.ts";
import { sweepDeploys } from "../../lib/app/deploy/deploy-sweep.ts";
import { createToken } from "../../lib/app/deploy/deploy-tokens.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { AssignedJob } from "../../lib/core/forge.ts";
import { hashOf } from "../../lib/core/hash.ts";
import { claimedMachine } from "../contracts/samples.ts";
import { memoryDeployWorld } from "../world/deploy-world.ts";

const head = "1f0c7e5b9d3a4f6e8c2b1a0d9e8f7c6b5a493827";
const tag = `sha-${head.slice(0, 7)}`;
const machineToken = "m".repeat(64);

let world: ReturnType<typeof memoryDeployWorld>;
let token: string;
let job: AssignedJob | "none" | "silent";

const mainJob: AssignedJob = {
  repo: { id: "42", name: "acme/shop" },
  jobId: "11",
  jobName: "deploy",
  runnerName: claimedMachine().runnerName,
  event: "push",
  ref: "refs/heads/main",
  headSha: head,
  fork: false,
};

beforeEach(async () => {
  world = memoryDeployWorld();
  job = mainJob;
  Object.assign(world.home, { assignments: { ofRunner: async () => job } });
  await world.machineRecords.retire(claimedMachine({ tokenHash: hashOf([machineToken]) }));
  token = await newToken("ci", "pr-*");
});

function call(method: string, path: string, body?: unknown, bearer?: string, query = {}): Promise<ApiAnswer> {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  return answerBearer(world, bearer === undefined ? undefined : `Bearer ${bearer}`, {
    method,
    path,
    query,
    body: text,
  });
}

async function newToken(name: string, env: string): Promise<string> {
  const created = await createToken(world, { name, app: "shop", env, days: 1 });
  if (created === "exists") throw new Error(`${name} exists`);
  return created.secret;
}

const administrator = { kind: "administrator", name: "alice" } as const;

function asAdministrator(method: string, path: string, body: unknown = {}): Promise<ApiAnswer> {
  return answerDeployCall(world, administrator, { method, path, query: {}, body: JSON.stringify(body) });
}

const wish = { app: "shop", env: "dev", tag };
const preview = { app: "shop", env: "pr-7", tag: "main" };

describe("4-08 the deploy API", () => {
  const refused: readonly (readonly [string, number, string, unknown, () => string | undefined])[] = [
    ["without a token", 401, "no-token", wish, () => undefined],
    ["with a token that is none", 401, "no-token", wish, () => "x".repeat(64)],
    ["with a token for another environment", 403, "out-of-scope", wish, () => token],
    ["with a token for another app", 403, "out-of-scope", { ...preview, app: "blog" }, () => token],
    [
      "(3-05) of an environment that dayfly.yaml does not have",
      422,
      "unknown-environment",
      { ...wish, env: "edge-x" },
      () => machineToken,
    ],
    ["of a tag outside the grammar", 422, "invalid", { ...wish, tag: "v1" }, () => machineToken],
    ["of a tag with a newline", 422, "invalid", { ...wish, tag: "main\n" }, () => machineToken],
    ["of a tag that would be a command", 422, "invalid", { ...wish, tag: "$(reboot)" }, () => machineToken],
    ["without a tag", 422, "invalid", { app: "shop", env: "dev" }, () => machineToken],
    ["with a key that it does not know", 422, "invalid", { ...wish, skipBuild: true }, () => machineToken],
    [
      "of another commit than the job's",
      422,
      "commit",
      { ...wish, tag: "main", commit: "a".repeat(40) },
      () => machineToken,
    ],
    [
      "of a commit that its tag does not begin",
      422,
      "invalid",
      { ...wish, tag: "sha-0000000", commit: head },
      () => token,
    ],
    ["of another tag than the job's commit has", 422, "commit", { ...wish, tag: "sha-0000000" }, () => machineToken],
    [
      "of a rollback to a digest without a tag",
      422,
      "invalid",
      { ...wish, op: "rollback", tag: undefined, commit: head },
      () => machineToken,
    ],
    ["that is longer than any", 413, "too-big", { ...wish, more: "x".repeat(65_536) }, () => machineToken],
    ["of something that is no JSON", 422, "invalid", "deploy!", () => machineToken],
  ];
  it.each(refused)("refuses a deploy %s: %d %s, and stores nothing", async (_name, status, error, body, bearer) => {
    const answer = await call("POST", "/api/deploys", body, bearer());
    expect(answer).toMatchObject({ status, body: { error } });
    expect(JSON.stringify(answer.body)).not.toContain("reboot");
    expect([world.deploys.all(), world.environments.all(), world.woken]).toEqual([[], [], []]);
    expect(world.targets.web1.applied().size).toBe(0);
  });

  it("3-05 names the app and the environment that nobody may deploy", async () => {
    const { body } = await call("POST", "/api/deploys", { ...wish, app: "till" }, machineToken);
    expect(body).toMatchObject({ text: "dayfly.yaml has no environment dev of an app till" });
  });

  it("3-18 answers at once with an id, a status and where to ask; asking makes it go on", async () => {
    world.targets.web1.workSeconds = 20;
    const { status, body } = await call("POST", "/api/deploys", wish, machineToken);
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { status: "running", release: { tag, commit: head } },
    });
    const { url } = body as { url: string };
    world.clock.advance(30);
    expect(await call("GET", url, undefined, machineToken)).toMatchObject({
      status: 200,
      body: { status: "deployed" },
    });
    expect(await call("GET", url)).toMatchObject({ status: 401 });
    expect(await call("GET", url, undefined, token)).toMatchObject({ status: 403 });
    expect(await call("GET", `${url}/audit`, undefined, token)).toMatchObject({ status: 403 });
    expect((await call("GET", `${url}/audit`, undefined, machineToken)).body).toMatchObject({
      entries: expect.arrayContaining([expect.objectContaining({ text: "asked by job deploy of acme/shop" })]),
    });
  });

  it("6-10 a machine speaks for the job that it has now, whatever it was launched for", async () => {
    job = { ...mainJob, event: "pull_request", ref: "refs/pull/7/head", pullRequest: "7" };
    expect(await call("POST", "/api/deploys", wish, machineToken)).toMatchObject({
      status: 403,
      body: { error: "pull-request" },
    });
    job = "none";
    expect(await call("POST", "/api/deploys", wish, machineToken)).toMatchObject({
      status: 403,
      body: { error: "machine-idle" },
    });
    expect(world.deploys.all()).toEqual([]);
  });

  it("2-23 a token works until it is revoked or expires", async () => {
    expect(await call("POST", "/api/deploys", preview, token)).toMatchObject({ status: 202 });
    expect(await asAdministrator("POST", "/api/tokens/ci/revoke")).toMatchObject({ status: 200 });
    expect(await call("POST", "/api/deploys", preview, token)).toMatchObject({
      status: 401,
      body: { error: "token-revoked" },
    });
    const second = await newToken("ci-2", "pr-7");
    world.clock.advance(86_399);
    expect(await call("POST", "/api/deploys", preview, second)).toMatchObject({ status: 202 });
    world.clock.advance(1);
    expect(await call("POST", "/api/deploys", preview, second)).toMatchObject({
      status: 401,
      body: { error: "token-expired" },
    });
  });

  it("2-23 a revoked token, and a machine without a job, read nothing either: no empty list is told instead", async () => {
    const paths = ["/api/deploys", "/api/environments", "/api/tokens", `/api/deploys/${"0".repeat(32)}`];
    const codes = async (bearer: string) =>
      Promise.all(paths.map(async (path) => (await call("GET", path, undefined, bearer)).status));
    await asAdministrator("POST", "/api/tokens/ci/revoke");
    expect(await codes(token)).toEqual([401, 401, 401, 401]);
    job = "none";
    expect(await codes(machineToken)).toEqual([403, 403, 403, 403]);
    Object.assign(world.home, {
      assignments: { ofRunner: () => Promise.reject(new WorldError("down", { retryable: true })) },
    });
    expect(await codes(machineToken)).toEqual([503, 503, 503, 503]);
  });

  it.each(["", "Bearer", "Basic x Bearer TOKEN", "Bearer TOKEN x", "Bearer  TOKEN", "Bearer TOKEN\n", "TOKEN"])(
    "takes no token out of another header: %j",
    async (header) => {
      const authorization = header.replace("TOKEN", token);
      const asked = { method: "GET", path: "/api/deploys", query: {}, body: "" };
      expect(await answerBearer(world, authorization, asked)).toMatchObject({ status: 401 });
    },
  );

  it("2-23 keeps no secret of a token, and logs none", async () => {
    await call("POST", "/api/deploys", preview, token);
    const kept = JSON.stringify([
      await world.tokens.list(),
      world.deploys.all(),
      world.environments.all(),
      world.log.lines,
    ]);
    expect(kept).not.toContain(token.slice(4));
    expect(kept).not.toContain(machineToken);
  });

  it("3-01 tells a retired way why it is closed and which one is open, and starts nothing", async () => {
    for (const path of ["/api/deploy", "/api/shell", "/api/exec"]) {
      const answer = await call("POST", path, wish, machineToken);
      expect(answer).toMatchObject({ status: 410, body: { error: "retired", instead: "POST /api/deploys" } });
    }
    expect([world.deploys.all(), world.woken]).toEqual([[], []]);
  });

  it("lets nobody but an administrator hand out tokens, each name once, and never shows a hash", async () => {
    const body = { name: "laptop", app: "shop", env: "pr-*", days: 7 };
    expect(await call("POST", "/api/tokens", body, token)).toMatchObject({ status: 403 });
    const created = await asAdministrator("POST", "/api/tokens", body);
    expect(created).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^dfa_[0-9a-f]{64}$/) } });
    expect(await asAdministrator("POST", "/api/tokens", body)).toMatchObject({ status: 409 });
    expect(await asAdministrator("POST", "/api/tokens", { ...body, env: "*" })).toMatchObject({ status: 422 });
    for (const days of [0, 366, 1.5])
      expect(await asAdministrator("POST", "/api/tokens", { ...body, days })).toMatchObject({ status: 422 });
    expect(await asAdministrator("POST", "/api/tokens/nobody/revoke")).toMatchObject({ status: 404 });
    const listed = JSON.stringify(await asAdministrator("GET", "/api/tokens"));
    expect(listed).toContain("laptop");
    expect(listed).not.toContain("hash");
  });

  it.each([
    ["shop", "pr-*", 201],
    ["shop", "pr-7", 201],
    ["shop", "p*", 201],
    ["shop", "prod", 201],
    ["shop", "pord", 422],
    ["shop", "prodx*", 422],
    ["shpo", "prod", 422],
  ])("2-23 a token for %s/%s, where dayfly.yaml has such an environment or not: %d", async (app, env, status) => {
    expect(await asAdministrator("POST", "/api/tokens", { name: "laptop", app, env, days: 7 })).toMatchObject({
      status,
      body: status === 201 ? { token: { app, env } } : { error: "unknown-environment" },
    });
  });

  it("2-23 lists a token's own deploys, however many newer ones other apps have", async () => {
    await call("POST", "/api/deploys", preview, token);
    const [own] = world.deploys.all();
    for (let n = 1; n <= 101; n++)
      await world.deploys.save(
        { ...own!, id: String(n).padStart(32, "0"), app: "files", createdAt: Number.MAX_SAFE_INTEGER },
        0,
      );
    const { body } = await call("GET", "/api/deploys", undefined, token);
    expect(body).toMatchObject({ deploys: [{ id: own!.id }] });
  });

  it("has no other address", async () => {
    for (const path of ["/api/deployments", "/deploys", "/api/deploys/1/2/3", "/api/deploys/x/cancel"])
      expect(await call("POST", path, wish, machineToken)).toMatchObject({ status: 404 });
    expect(await call("GET", "/api/deploys/1", undefined, machineToken)).toMatchObject({ status: 404 });
    expect(await call("GET", `/api/deploys/${"0".repeat(32)}`, undefined, token)).toMatchObject({ status: 404 });
  });

  it("says 503 when the store does not answer, and 503 while the forge does not", async () => {
    const ofRunner = () => Promise.reject(new WorldError("down", { retryable: true }));
    Object.assign(world.home, { assignments: { ofRunner } });
    expect(await call("POST", "/api/deploys", wish, machineToken)).toMatchObject({
      status: 503,
      body: { error: "forge-silent" },
    });
    world.tokens.byHash = () => Promise.reject(new WorldError("down", { retryable: true }));
    expect(await call("POST", "/api/deploys", wish, "y".repeat(64))).toMatchObject({
      status: 503,
      body: { error: "later" },
    });
  });
});

describe("reading", () => {
  beforeEach(async () => {
    await call("POST", "/api/deploys", wish, machineToken);
    await call("POST", "/api/deploys", preview, token);
    world.clock.advance(5);
    await sweepDeploys(world);
  });

  it("lists only what the asker may see", async () => {
    const envs = async (bearer: string) =>
      ((await call("GET", "/api/deploys", undefined, bearer)).body as { deploys: { env: string }[] }).deploys.map(
        ({ env }) => env,
      );
    expect(await envs(token)).toEqual(["pr-7"]);
    expect(await envs(machineToken)).toEqual(["dev"]);
    const places = async (bearer: string) =>
      (
        (await call("GET", "/api/environments", undefined, bearer)).body as { environments: { env: string }[] }
      ).environments.map(({ env }) => env);
    expect(await places(token)).toEqual(["pr-7"]);
    expect(await places(machineToken)).toEqual(["dev", "staging", "prod", "prod"]);
  });

  it("shows desired, observed and operation apart, and where they differ", async () => {
    world.targets.web1.drift({ app: "shop", env: "dev" }, { tag: "main" });
    const asked = await call("POST", "/api/inspections", { app: "shop", env: "dev", verb: "status" }, machineToken);
    expect(asked).toMatchObject({ status: 202, body: { asked: [{ target: "web1", kind: "asked" }] } });
    const { commandId } = (asked.body as { asked: { commandId: string }[] }).asked[0]!;
    const place = { app: "shop", env: "dev", target: "web1" };
    expect(await call("GET", `/api/inspections/${commandId}`, undefined, machineToken, place)).toMatchObject({
      body: { kind: "answered", report: { seen: { condition: "drifted" } } },
    });
    const shown = await call("GET", "/api/environments", undefined, machineToken, { app: "shop", env: "dev" });
    expect(shown).toMatchObject({
      body: {
        environments: [
          {
            desired: { release: { tag } },
            targets: [{ name: "web1", state: "differs", observed: { condition: "drifted" } }],
          },
        ],
      },
    });
  });

  it("3-19 tells the end of a deploy's log", async () => {
    const { body } = await call("GET", "/api/deploys", undefined, machineToken);
    const { deploys } = body as { deploys: { steps: { outcome: { report: { tail: string } } }[] }[] };
    expect(deploys[0]?.steps[0]?.outcome.report.tail).toBe("the last line\n");
  });

  it("asks no target of an environment that the asker may not see, and of no other environment", async () => {
    const question = { app: "shop", env: "dev", verb: "logs" };
    expect(await call("POST", "/api/inspections", question, token)).toMatchObject({ status: 403 });
    expect(await call("POST", "/api/inspections", { ...question, verb: "shell" }, machineToken)).toMatchObject({
      status: 422,
    });
    const other = { app: "shop", env: "dev", target: "web2" };
    expect(await call("GET", "/api/inspections/command-1", undefined, machineToken, other)).toMatchObject({
      status: 422,
    });
  });
});

it("tells no command of another environment to whoever may read one on the same target", async () => {
  const asked = await asAdministrator("POST", "/api/inspections", { app: "shop", env: "prod", verb: "logs" });
  const { commandId } = (asked.body as { asked: { commandId: string }[] }).asked[0]!;
  const read = (env: string) => ({ app: "shop", env, target: "web1" });
  const path = `/api/inspections/${commandId}`;
  expect(await call("GET", path, undefined, machineToken, read("prod"))).toMatchObject({ body: { kind: "answered" } });
  const answer = await call("GET", path, undefined, token, read("pr-7"));
  expect(answer.body).toEqual({ kind: "no-answer", text: "its answer is of another place" });
});

describe("0-20 a rollback that names a release", () => {
  const older = "2".repeat(40);
  const rollback = { op: "rollback", app: "shop", env: "prod" };
  const live = async (env: string, release: object) => {
    const { body } = await asAdministrator("POST", "/api/deploys", { app: "shop", env, ...release });
    world.clock.advance(60);
    const { url } = body as { url: string };
    expect(await asAdministrator("GET", url)).toMatchObject({ body: { status: "deployed" } });
  };

  it.each([
    { who: "a job", bearer: async () => machineToken },
    { who: "a token", bearer: () => newToken("prod", "prod") },
  ])("of $who leads only to what was live there: it is no way around an approval", async ({ bearer }) => {
    const secret = await bearer();
    await live("dev", { tag: "v1.0.0", commit: older });
    const before = world.deploys.all().length;
    for (const release of [{ tag: "v1.0.0", commit: older }, { tag: "main" }, { tag: "sha-2222222" }])
      expect(await call("POST", "/api/deploys", { ...rollback, ...release }, secret)).toMatchObject({
        status: 422,
        body: { error: "never-live" },
      });
    expect(world.deploys.all()).toHaveLength(before);
  });

  it("goes to the commit and the digest that were live, whatever the tag means today", async () => {
    const digest = `sha256:${"d".repeat(64)}`;
    await live("prod", { tag: "v1.0.0", commit: older, digest });
    await live("prod", { tag: "v1.1.0", commit: "3".repeat(40) });
    for (const tag of ["v1.0.0", "sha-2222222"])
      expect(await call("POST", "/api/deploys", { ...rollback, tag }, machineToken)).toMatchObject({
        status: 202,
        body: { release: { tag: "v1.0.0", commit: older, digest } },
      });
    const another = { tag: "v1.0.0", commit: "4".repeat(40) };
    expect(await call("POST", "/api/deploys", { ...rollback, ...another }, machineToken)).toMatchObject({
      status: 422,
    });
  });

  it("may be of anything for an administrator, who might approve it as well", async () => {
    expect(await asAdministrator("POST", "/api/deploys", { ...rollback, tag: "v0.9.0", commit: older })).toMatchObject({
      status: 202,
      body: { release: { tag: "v0.9.0", commit: older } },
    });
  });
});

describe("an environment that wants an approval", () => {
  const approve = (id: string, body: unknown) => asAdministrator("POST", `/api/deploys/${id}/approve`, body);

  it("waits for it, bound to the commit; nobody approves but an administrator, and only once", async () => {
    const asked = await call("POST", "/api/deploys", { ...wish, env: "prod" }, machineToken);
    expect(asked).toMatchObject({ status: 202, body: { status: "waiting" } });
    const { id } = asked.body as { id: string };
    expect(world.targets.web1.applied().size).toBe(0);
    expect(world.environments.all()).toEqual([]);

    expect(await call("POST", `/api/deploys/${id}/approve`, { commit: head }, machineToken)).toMatchObject({
      status: 403,
    });
    expect(await approve(id, { commit: "a".repeat(40) })).toMatchObject({
      status: 409,
      body: { error: "another-release" },
    });
    expect(await approve(id, { commit: head, force: true })).toMatchObject({ status: 422 });
    expect(await approve("0".repeat(32), { commit: head })).toMatchObject({ status: 404 });
    expect(await approve(id, { commit: head })).toMatchObject({
      status: 202,
      body: { status: "running", approvedBy: "alice" },
    });
    expect(await approve(id, { commit: head })).toMatchObject({ status: 409, body: { error: "not-waiting" } });
    world.clock.advance(5);
    expect(await call("GET", `/api/deploys/${id}`, undefined, machineToken)).toMatchObject({
      body: { status: "deployed" },
    });
  });

  it("is asked of whoever holds a token too, and not of an administrator, whose wish it is", async () => {
    const secret = await newToken("prod", "prod");
    const tagAlone = await call("POST", "/api/deploys", { ...wish, env: "prod", tag: "main" }, secret);
    expect(tagAlone).toMatchObject({ status: 422, body: { error: "no-commit" } });
    expect(world.deploys.all()).toEqual([]);
    const body = { ...wish, env: "prod", commit: head };
    expect(await call("POST", "/api/deploys", body, secret)).toMatchObject({
      status: 202,
      body: { status: "waiting" },
    });
    expect(world.targets.web1.applied().size).toBe(0);
    expect(await asAdministrator("POST", "/api/deploys", body)).toMatchObject({
      status: 202,
      body: { status: "running", approvedBy: "alice" },
    });
  });

  it("binds the digest too, where one was asked for", async () => {
    const digest = `sha256:${"d".repeat(64)}`;
    const asked = await call("POST", "/api/deploys", { ...wish, env: "prod", digest }, machineToken);
    const { id } = asked.body as { id: string };
    for (const seen of [{ commit: head }, { commit: head, digest: digest.replaceAll("d", "e") }, { digest }])
      expect(await approve(id, seen)).toMatchObject({ status: 409, body: { error: "another-release" } });
    expect(await approve(id, { commit: head, digest })).toMatchObject({ status: 202, body: { approvedBy: "alice" } });
  });

  it("is not waited for longer than a day", async () => {
    const { body } = await call("POST", "/api/deploys", { ...wish, env: "prod" }, machineToken);
    const { id } = body as { id: string };
    world.clock.advance(86_401);
    await sweepDeploys(world);
    expect(await world.deploys.get(id)).toMatchObject({ status: "expired" });
    expect(await approve(id, { commit: head })).toMatchObject({ status: 409 });
  });
});
