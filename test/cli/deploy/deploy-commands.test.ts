import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Deploy } from "../../../lib/core/deploy/deploy.ts";
import { memoryDeployWorld } from "../../world/deploy-world.ts";
import { dayfly } from "../command-line.ts";

const commit = (n: number) => `${n}`.repeat(40);
const tag = (n: number) => `sha-${`${n}`.repeat(7)}`;
let folder = "";
let world: ReturnType<typeof memoryDeployWorld>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
  writeFileSync(join(folder, "store.db"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  world = memoryDeployWorld();
  for (const n of [1, 2, 3]) world.home.source.commitFiles(commit(n), n === 1 ? {} : { parents: [commit(n - 1)] });
  // Time passes while somebody waits.
  const { get } = world.deploys;
  world.deploys.get = (id) => {
    world.clock.advance(1);
    return get(id);
  };
});

const ask = (...argv: string[]) =>
  dayfly(argv, {
    folder,
    environment: { DAYFLY_DIR: folder, USER: "ada", DAYFLY_SETTINGS: join(folder, "no-machine") },
    openWorld: async () => ({ world, log: async () => undefined, deploys: () => world, close: async () => {} }),
  });

const deploy = (n: number, ...more: string[]) =>
  ask("deploy", "shop", "dev", tag(n), "--commit", commit(n), "--wait", ...more);
const only = (): Deploy => {
  const [first] = world.deploys.all();
  if (!first) throw new Error("nothing was stored");
  return first;
};

/** Ends so, says that, and stores nothing. */
async function refuses(argv: readonly string[], code: number, says: string | RegExp): Promise<void> {
  const before = JSON.stringify([world.deploys.all(), world.environments.all()]);
  const answer = await ask(...argv);
  expect(answer).toMatchObject({ code, out: "" });
  expect(answer.err).toMatch(says);
  expect(JSON.stringify([world.deploys.all(), world.environments.all()])).toBe(before);
}

describe("dayfly deploy", () => {
  it("2-05 --wait tells each step, ends with the outcome and deployctl's code, and with 0", async () => {
    const { code, out, err } = await deploy(1);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^✓ deployed shop\/dev: .*deployctl 0\)\n$/) });
    expect(err).toContain("asked by ada");
  });

  it("answers at once without --wait, and says how to ask", async () => {
    world.targets.web1.workSeconds = 60;
    const { code, out, err } = await ask("deploy", "shop", "dev", tag(1), "--commit", commit(1));
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("running") });
    expect(err).toContain(`dayfly deploy show ${only().id}`);
  });

  it("2-30 ends with 1 where the version fails, and shows the end of its log", async () => {
    world.targets.web1.behaviour = () => "broken";
    expect(await deploy(1)).toMatchObject({
      code: 1,
      out: expect.stringContaining("failed"),
      err: expect.stringContaining("the last line"),
    });
  });

  it("2-28 ends with 3 where nobody can be reached", async () => {
    world.targets.web1.send = async () => ({ kind: "impossible", text: "no such host" });
    expect(await deploy(1)).toMatchObject({ code: 3, out: expect.stringContaining("no such host") });
  });

  it("2-33 is green where a newer one is desired, and says which", async () => {
    await deploy(2);
    expect(await deploy(1)).toMatchObject({ code: 0, out: expect.stringMatching(/superseded.*2222222/) });
  });

  it("prints JSON", async () => {
    const { code, out } = await deploy(1, "--json");
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, status: "deployed", release: { tag: tag(1) } });
  });

  it("--dry-run says what would be done, and stores nothing", async () => {
    const { code, out } = await ask("deploy", "shop", "dev", tag(1), "--dry-run");
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, dryRun: true, targets: [{ name: "web1" }] });
    expect(world.deploys.all()).toEqual([]);
  });

  it.each([
    { argv: ["shop", "dev"], code: 2, says: "a tag is missing" },
    { argv: ["shop", "dev", "v1"], code: 2, says: "that is no tag" },
    { argv: ["shop", "dev", "$(id)"], code: 2, says: "that is no tag" },
    { argv: ["Shop", "dev", "main"], code: 2, says: "that is no app" },
    { argv: ["shop", "qa", "main"], code: 2, says: "that is no env" },
    { argv: ["shop", "dev", "main", "--commit", "1f0c7e5"], code: 2, says: "that is no commit" },
    { argv: ["shop", "dev", "main", "--digest", "abc"], code: 2, says: "that is no digest" },
    { argv: ["shop", "edge-x", "main"], code: 2, says: "has no environment edge-x" },
    { argv: ["shop", "dev", "main", "--from", "main:deploy.json#x"], code: 2, says: "leave tag" },
    { argv: ["shop", "dev", "main", "--skip-health"], code: 2, says: "is no way to deploy" },
    { argv: ["files", "prod", "main"], code: 2, says: "name one by its digest" },
  ])("refuses $argv with $code", ({ argv, code, says }) => refuses(["deploy", ...argv], code, says));

  it("3-01 tells a program too why a switch is closed", async () => {
    const { code, out } = await ask("deploy", "shop", "dev", "main", "--ssh", "--json");
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 2, error: "retired" });
  });
});

describe("1-17 dayfly deploy --bundle", () => {
  const files = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from("packed")]);
  const digest = `sha256:${createHash("sha256").update(files).digest("hex")}`;
  const put = (...argv: string[]) => ["deploy", "files", "prod", "v1.0.0", "--commit", commit(1), ...argv];
  beforeAll(() => {
    writeFileSync(join(folder, "dist.tar.gz"), files);
    writeFileSync(join(folder, "dist.zip"), "PK");
    mkdirSync(join(folder, "dist"));
  });

  it("uploads the file and deploys it by its digest, and uploads it once", async () => {
    const first = await ask(...put("--bundle", "dist.tar.gz", "--wait"));
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining(`Bundle ${digest} is stored (8 bytes)`) });
    expect(only().release).toEqual({ tag: "v1.0.0", commit: commit(1), digest });
    expect(await ask(...put("--bundle", "dist.tar.gz"))).toMatchObject({
      code: 0,
      err: expect.stringContaining("is there already"),
    });
  });

  it("ends with 3 where the upload is refused, and deploys nothing", async () => {
    world.bundles.take = async () => ({ kind: "refused", text: "the offer has ended" });
    await refuses(put("--bundle", "dist.tar.gz"), 3, /not stored[\s\S]*the offer has ended/);
  });

  it.each([
    { argv: ["--bundle", "nothing.tar.gz"], says: "no such file" },
    { argv: ["--bundle", "dist"], says: "pack a folder first" },
    { argv: ["--bundle", "dist.zip"], says: "no gzipped tar" },
    { argv: ["--bundle", "dist.tar.gz", "--digest", digest], says: "leave --digest out" },
    { argv: ["--bundle", "dist.tar.gz", "--dry-run"], says: "a dry run uploads nothing" },
  ])("refuses $argv with 2", ({ argv, says }) => refuses(put(...argv), 2, says));

  it("is refused for an app that is an image", () =>
    refuses(["deploy", "shop", "dev", "main", "--bundle", "dist.tar.gz"], 2, "releases of shop are no bundles"));
});

describe("dayfly rollback", () => {
  it("0-20 goes back to the release before, and says so", async () => {
    await deploy(1);
    await deploy(2);
    expect(await ask("rollback", "shop", "dev", "--wait")).toMatchObject({
      code: 0,
      out: expect.stringContaining("✓ deployed"),
    });
    expect(world.targets.web1.running({ app: "shop", env: "dev" })).toMatchObject({ tag: tag(1) });
  });

  it("--dry-run and --json print what would be done", async () => {
    const { code, out } = await ask("rollback", "shop", "dev", "--dry-run", "--json");
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, dryRun: true, op: "rollback" });
  });

  it.each([
    { argv: ["shop", "qa"], says: "that is no env" },
    { argv: ["shop", "dev", "--commit", commit(1)], says: "a tag is missing" },
    { argv: ["shop", "edge-x"], says: "has no environment edge-x" },
  ])("refuses $argv with 2", ({ argv, says }) => refuses(["rollback", ...argv], 2, says));
});

describe("dayfly deploy list, show and logs", () => {
  it("say that there is none", async () => {
    expect(await ask("deploy", "list")).toMatchObject({ code: 0, out: "", err: "No deploys yet.\n" });
    const { err } = await ask("deploy", "list", "--app", "shpo");
    expect(err).toBe("No deploys of app=shpo yet.\n");
    for (const verb of ["show", "logs"]) await refuses(["deploy", verb, "3f9a"], 2, "there is no such deploy");
  });

  it("list newest first, of one app and environment, also as JSON", async () => {
    await deploy(1);
    await deploy(2);
    const { out } = await ask("deploy", "list");
    expect(out.indexOf(tag(2))).toBeLessThan(out.indexOf(tag(1)));
    const { deploys } = JSON.parse((await ask("deploy", "list", "--app", "shop", "--env", "dev", "--json")).out);
    expect(deploys).toHaveLength(2);
    expect(JSON.parse((await ask("deploy", "list", "--env", "prod", "--json")).out).deploys).toEqual([]);
  });

  it("show one by the first digits of its id, with status, release and history", async () => {
    await deploy(1);
    const { code, out } = await ask("deploy", "show", only().id.slice(0, 6));
    expect(code).toBe(0);
    for (const told of [only().id, tag(1), commit(1), "asked by ada"]) expect(out).toContain(told);
    expect(JSON.parse((await ask("deploy", "show", only().id, "--json")).out)).toMatchObject({ id: only().id });
  });

  it("logs ask the target for the log of that deploy", async () => {
    await deploy(1);
    expect(await ask("deploy", "logs", only().id)).toMatchObject({
      code: 0,
      out: expect.stringContaining("the last line"),
    });
  });
});

describe("dayfly env", () => {
  it("list and show tell desired, observed and operation, also as JSON", async () => {
    await deploy(1);
    for (const argv of [["env"], ["env", "list"], ["env", "show", "shop", "dev"]]) {
      const { code, out } = await ask(...argv);
      expect({ code, out }).toMatchObject({
        code: 0,
        out: expect.stringMatching(/desired.*sha-1111111[\s\S]*as desired[\s\S]*operation *none/),
      });
    }
    expect(JSON.parse((await ask("env", "show", "shop", "dev", "--json")).out)).toMatchObject({
      app: "shop",
      env: "dev",
    });
    expect(JSON.parse((await ask("env", "list", "--json")).out).environments.length).toBeGreaterThan(1);
  });

  it("diff ends with 0 where it is as desired, 1 where somebody changed it, 3 where a target is silent", async () => {
    await deploy(1);
    expect(await ask("env", "diff", "shop", "dev")).toMatchObject({ code: 0 });
    world.clock.advance(5);
    world.targets.web1.drift({ app: "shop", env: "dev" }, { tag: tag(3), commit: commit(3) });
    expect(await ask("env", "diff", "shop", "dev")).toMatchObject({ code: 1, out: expect.stringContaining("drifted") });
    world.targets.web1.send = async () => ({ kind: "unreachable", text: "it is switched off" });
    expect(await ask("env", "diff", "shop", "dev")).toMatchObject({
      code: 3,
      err: expect.stringContaining("switched off"),
    });
  });

  it("check ends with 3 where a target is silent, and says why", async () => {
    world.targets.web1.send = async () => ({ kind: "unreachable", text: "it is switched off" });
    const { code, out } = await ask("env", "check", "shop", "dev");
    expect({ code, out }).toEqual({ code: 3, out: expect.stringContaining("switched off") });
  });

  it.each(["show", "diff", "check"])("%s of an environment that dayfly.yaml does not have ends with 2", (verb) =>
    refuses(["env", verb, "shop", "edge-x"], 2, "has no environment edge-x"),
  );
});

describe("dayfly approve", () => {
  const laptop = async () => {
    const { out } = await ask("token", "create", "laptop", "--app", "shop", "--env", "prod");
    return out.trim();
  };
  /** A token's wish for prod waits. */
  async function waiting(): Promise<string> {
    const secret = await laptop();
    const { answerBearer } = await import("../../../lib/app/deploy/deploy-routes.ts");
    const body = JSON.stringify({ app: "shop", env: "prod", tag: tag(1), commit: commit(1) });
    await answerBearer(world, `Bearer ${secret}`, { method: "POST", path: "/api/deploys", query: {}, body });
    expect(only().status).toBe("waiting");
    return only().id;
  }

  it("lets a waiting deploy begin, and the deploy says who", async () => {
    const id = await waiting();
    expect(await ask("approve", id.slice(0, 6), "--wait")).toMatchObject({
      code: 0,
      out: expect.stringContaining("deployed"),
    });
    expect(only()).toMatchObject({ approvedBy: "ada" });
  });

  it("of another commit is a conflict, with 1; once more too", async () => {
    const id = await waiting();
    await refuses(["approve", id, "--commit", commit(2)], 1, "is for sha-1111111");
    expect(await ask("approve", id, "--json")).toMatchObject({ code: 0 });
    expect(await ask("approve", id)).toMatchObject({ code: 1, err: expect.stringContaining("not-waiting") });
  });

  it("of none ends with 2", () => refuses(["approve", "3f9a"], 2, "there is no such deploy"));
});

describe("2-23 dayfly token", () => {
  it("create prints the secret alone; list shows it as long as it is good; revoke ends that", async () => {
    const made = await ask("token", "create", "ci", "--app", "shop", "--env", "pr-*", "--days", "7");
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^dfa_[0-9a-f]{64}\n$/) });
    expect((await ask("token")).out).toMatch(/^ci +shop\/pr-\* +until /);
    expect(await ask("token", "revoke", "ci")).toEqual({ code: 0, out: "ci is revoked\n", err: "" });
    const { tokens } = JSON.parse((await ask("token", "list", "--json")).out);
    expect(tokens).toMatchObject([{ name: "ci", revokedAt: expect.any(Number) }]);
    expect(JSON.stringify(tokens)).not.toContain("hash");
  });

  it("says that there are none", async () => {
    expect(await ask("token", "list")).toMatchObject({ code: 0, out: "", err: expect.stringContaining("No tokens") });
  });

  it.each([
    { argv: ["create", "ci", "--app", "shop", "--env", "*"], code: 2, says: "env: must be a name" },
    { argv: ["create", "ci", "--app", "shop", "--env", "dev", "--days", "366"], code: 2, says: "days" },
    { argv: ["create", "ci", "--app", "shop", "--env", "dev", "--days", "soon"], code: 2, says: "no number of days" },
    { argv: ["create", "CI", "--app", "shop", "--env", "dev"], code: 2, says: "name: must be" },
    { argv: ["create", "ci"], code: 2, says: "app" },
    { argv: ["revoke", "nobody"], code: 2, says: "there is no token nobody" },
  ])("refuses $argv with $code", ({ argv, code, says }) => refuses(["token", ...argv], code, says));

  it("a name is used once: 1", async () => {
    const create = ["token", "create", "ci", "--app", "shop", "--env", "dev"];
    await ask(...create);
    await refuses(create, 1, "names are used once");
  });
});
