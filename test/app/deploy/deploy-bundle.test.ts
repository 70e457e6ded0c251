import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { answerDeployCall } from "../../../lib/app/deploy/deploy-routes.ts";
import { MAX_BUNDLE_BYTES } from "../../../lib/core/deploy/bundle.ts";
import type { TargetCommand } from "../../../lib/core/deploy/deploy-ports.ts";
import type { Asker } from "../../../lib/core/deploy/policy.ts";
import { WorldError } from "../../../lib/core/errors.ts";
import { apiToken } from "../../contracts/deploy-samples.ts";
import { memoryDeployWorld, sentToWeb1 } from "../../world/deploy-world.ts";

const administrator: Asker = { kind: "administrator", name: "alice" };
const files = Buffer.from("the files");
const digest = `sha256:${createHash("sha256").update(files).digest("hex")}`;
const place = { app: "files", env: "prod" };
const wish = { ...place, digest, bytes: files.length };
const release = { tag: "v1.0.0", commit: "1".repeat(40), digest };

let world: ReturnType<typeof memoryDeployWorld>;
let sent: TargetCommand[];
beforeEach(() => {
  world = memoryDeployWorld();
  sent = sentToWeb1(world);
});

const post = (path: string, body: unknown, asker: Asker = administrator) =>
  answerDeployCall(world, asker, { method: "POST", path, query: {}, body: JSON.stringify(body) });
const offer = (change: object = {}, asker?: Asker) => post("/api/bundles", { ...wish, ...change }, asker);

/** Asking how it goes makes it go on. */
const look = (deploy: object) =>
  answerDeployCall(world, administrator, {
    ...{ method: "GET", path: (deploy as { url: string }).url },
    ...{ query: {}, body: "" },
  });

async function upload(): Promise<void> {
  const { body } = await offer();
  expect(await world.bundles.take((body as { url: string }).url, async () => files)).toEqual({ kind: "stored" });
}

describe("1-17 asking for an address to upload a bundle to", () => {
  it("is answered with one for fifteen minutes, and without one where the bundle is there", async () => {
    expect(await offer()).toMatchObject({
      status: 201,
      body: { stored: false, url: expect.any(String), until: world.clock.now() + 900_000 },
    });
    await upload();
    expect(await offer()).toEqual({ status: 200, body: { stored: true } });
  });

  it("needs the right to deploy that app there", async () => {
    const token = (env: string) =>
      ({ kind: "token", token: apiToken({ app: "files", env, expiresAt: Number.MAX_SAFE_INTEGER }) }) as const;
    expect(await offer({}, { kind: "nobody" })).toMatchObject({ status: 401 });
    expect(await offer({}, token("dev"))).toMatchObject({ status: 403, body: { error: "out-of-scope" } });
    expect(await offer({}, { ...token("prod"), token: apiToken({ env: "prod" }) })).toMatchObject({ status: 403 });
    expect(await offer({}, token("prod"))).toMatchObject({ status: 201 });
  });

  it.each([
    { given: "an app without bundles", change: { app: "shop" }, error: "no-bundles" },
    {
      given: "an environment that dayfly.yaml does not have",
      change: { env: "staging" },
      error: "unknown-environment",
    },
    { given: "an app that leads out", change: { app: "../files" }, error: "invalid" },
    { given: "a digest that leads out", change: { digest: `sha256:${"../".repeat(21)}a` }, error: "invalid" },
    { given: "a digest of another kind", change: { digest: `sha512:${"a".repeat(64)}` }, error: "invalid" },
    { given: "nothing", change: { bytes: 0 }, error: "invalid" },
    { given: "too much", change: { bytes: MAX_BUNDLE_BYTES + 1 }, error: "invalid" },
    { given: "half a byte", change: { bytes: 1.5 }, error: "invalid" },
    { given: "a key of its own", change: { key: "bundles/shop/x" }, error: "invalid" },
  ])("is refused with 422 for $given", async ({ change, error }) => {
    expect(await offer(change)).toMatchObject({ status: 422, body: { error } });
  });

  it("stands in the log without the address", async () => {
    const { body } = await offer();
    const log = JSON.stringify(world.log.lines);
    expect(log).toContain("bundle offered");
    expect(log).not.toContain((body as { url: string }).url);
  });
});

describe("1-17 deploying a bundle", () => {
  it.each([
    { given: "no digest", change: { digest: undefined }, error: "no-digest" },
    { given: "a digest of which nothing is stored", change: {}, error: "no-bundle" },
  ])("is refused with $given, and nothing is stored", async ({ change, error }) => {
    expect(await post("/api/deploys", { ...place, ...release, ...change })).toMatchObject({
      status: 422,
      body: { error },
    });
    expect([world.deploys.all(), sent]).toEqual([[], []]);
  });

  it("hands its address to the target with the command, and keeps it nowhere", async () => {
    await upload();
    expect(await post("/api/deploys", { ...place, ...release })).toMatchObject({ status: 202 });
    const [command] = sent;
    const address = command?.kind === "deploy" ? command.bundle : undefined;
    expect(Buffer.from(world.bundles.read(address ?? "") ?? [])).toEqual(files);
    const kept = JSON.stringify([world.deploys.all(), world.environments.all(), world.log.lines]);
    expect(kept).not.toContain(String(address));
  });

  it("that has expired since, the target is asked without an address: it may have the files still", async () => {
    await upload();
    const { body } = await post("/api/deploys", { ...place, ...release });
    world.clock.advance(60);
    await look(body);
    world.bundles.forget({ app: "files", digest });
    expect(await post("/api/deploys", { ...place, op: "rollback", ...release })).toMatchObject({ status: 202 });
    expect(sent.filter(({ kind }) => kind === "deploy").at(-1)).not.toHaveProperty("bundle");
  });

  it("waits while nobody can say whether the bundle is there: nothing is sent", async () => {
    await upload();
    const { has } = world.bundles;
    let asked = 0;
    world.bundles.has = async (bundle) => {
      asked += 1;
      if (asked === 2) throw new WorldError("s3 HeadObject: 503", { retryable: true });
      return has(bundle);
    };
    const { body } = await post("/api/deploys", { ...place, ...release });
    expect(body).toMatchObject({ status: "running", nextAction: expect.stringContaining("s3 HeadObject") });
    expect(sent).toEqual([]);
    world.clock.advance(60);
    await look(body);
    expect(sent).toHaveLength(1);
  });

  it("of an app that is an image, no address is looked for", async () => {
    world.bundles.has = () => Promise.reject(new Error("nobody asks"));
    expect(await post("/api/deploys", { app: "shop", env: "dev", ...release })).toMatchObject({ status: 202 });
  });
});
