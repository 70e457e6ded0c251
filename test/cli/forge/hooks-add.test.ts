import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { jsonLog } from "../../../lib/local/json-log.ts";
import { type LocalServer, localRoutes, startServer } from "../../../lib/local/server.ts";
import { type FakeGitea, type FakeGiteaOptions, fakeGitea } from "../../fakes/gitea/fake-gitea.ts";
import { memoryDeployWorld } from "../../world/deploy-world.ts";
import { memoryWorld, smallProfile } from "../../world/world.ts";
import { dayfly, type Said } from "../command-line.ts";

const SECRET = "the-secret-of-this-folder";
const TOKEN = "right";

let folder: string;
let server: LocalServer;
let webhook: string;
const forges: FakeGitea[] = [];

/** A folder as `dayfly start --url` leaves it, and its server. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-hooks-"));
  const memory = memoryWorld();
  const world = {
    ...memory,
    config: { forges: [{ name: "gitea", kind: "gitea" as const, url: "x", allow: [] }], profiles: [smallProfile] },
    log: jsonLog(join(folder, "dayfly.log"), memory.clock),
    secrets: { webhook: async () => [SECRET] },
  };
  const routes = localRoutes({
    world,
    deploys: memoryDeployWorld(),
    identify: () => undefined,
    page: () => new Response("page"),
  });
  server = await startServer(routes, { host: "127.0.0.1", port: 0 });
  webhook = `${server.url}/webhook/gitea`;
});
afterEach(async () => {
  await server.close();
  for (const forge of forges.splice(0)) await forge.close();
  rmSync(folder, { recursive: true, force: true });
});

function secretFile(name: string, text: string, mode = 0o600): string {
  writeFileSync(join(folder, name), `${text}\n`, { mode });
  return join(folder, name);
}

async function forge(options: FakeGiteaOptions = {}): Promise<FakeGitea> {
  const made = await fakeGitea(options);
  forges.push(made);
  secretFile("secret", SECRET);
  const tokenFile = secretFile("token", TOKEN);
  writeFileSync(join(folder, "served.json"), JSON.stringify({ url: made.url, tokenFile, webhook }));
  return made;
}

function add(...argv: readonly string[]): Promise<Said> {
  return dayfly(["hooks", "add", ...argv], { environment: { DAYFLY_DIR: folder }, folder });
}

describe("dayfly hooks add beside a server", () => {
  it("5-11 makes one hook, active, signed, with the events that we act upon, and sees a test arrive", async () => {
    const gitea = await forge();
    const { code, out } = await add("acme/shop");

    expect({ code, out }).toEqual({
      code: 0,
      out: [
        `created   acme/shop → ${webhook} (push, pull_request, workflow_job)\n`,
        "ok        a test delivery arrived, and its signature is right\n",
      ].join(""),
    });
    expect(gitea.hooks).toMatchObject([
      { active: true, secret: SECRET, events: ["push", "pull_request", "workflow_job"], branch_filter: "" },
    ]);
  });

  it("5-11 changes nothing when called again", async () => {
    const gitea = await forge();
    await add("acme/shop");
    const before = structuredClone(gitea.hooks);
    const { code, out } = await add("acme/shop");

    expect(code).toBe(0);
    expect(out).toContain("present   acme/shop");
    expect(gitea.hooks).toEqual(before);
  });

  it.each([
    { what: "of another secret", hook: { secret: "another" } },
    { what: "that is not active", hook: { active: false } },
    { what: "for pushes alone", hook: { events: ["push"] } },
    { what: "for one branch", hook: { branch_filter: "main" } },
    { what: "of forms", hook: { config: { content_type: "form" } } },
  ])("5-11 repairs a hook $what", async ({ hook }) => {
    const gitea = await forge();
    await add("acme/shop");
    const [made] = gitea.hooks;
    if (!made) throw new Error("no hook was made");
    // Another secret was given with another mark.
    const marked = hook.secret === undefined ? {} : { url: `${webhook}#00000000` };
    const config = { ...made.config, ...hook.config, ...marked };
    Object.assign(made, hook, { config });
    const { code, out } = await add("acme/shop");

    expect(code).toBe(0);
    expect(out).toContain("repaired  acme/shop");
    expect(out).toContain("ok        a test delivery arrived");
    expect(gitea.hooks).toHaveLength(1);
    expect(gitea.hooks).toMatchObject([
      { active: true, secret: SECRET, branch_filter: "", events: ["push", "pull_request", "workflow_job"] },
    ]);
  });

  it("5-11 leaves one of two hooks that lead here, and every hook that leads elsewhere", async () => {
    const gitea = await forge();
    const hook = { place: "/repos/acme/shop", type: "gitea", secret: "x", active: true, events: [], branch_filter: "" };
    gitea.addHook({ ...hook, config: { url: webhook } });
    gitea.addHook({ ...hook, config: { url: webhook } });
    gitea.addHook({ ...hook, config: { url: `${webhook}s` } });
    gitea.addHook({ ...hook, place: "/repos/acme/site", config: { url: webhook } });
    await add("acme/shop");

    expect(gitea.hooks.map(({ place, config }) => `${place} ${config.url?.split("#")[0]}`).sort()).toEqual([
      `/repos/acme/shop ${webhook}`,
      `/repos/acme/shop ${webhook}s`,
      `/repos/acme/site ${webhook}`,
    ]);
  });

  it("says what ALLOWED_HOST_LIST must hold, and fails where no test arrives", async () => {
    await forge({ sendsToLoopback: false });
    const { code, out, err } = await add("acme/shop");

    expect(err).toContain("  [webhook]\n  ALLOWED_HOST_LIST = external,loopback\n");
    expect(out).toContain("FAILED    no test delivery arrived");
    expect(code).toBe(1);
  });

  it("knows the server beside us by another name of this computer", async () => {
    const gitea = await forge();
    const to = webhook.replace("127.0.0.1", "localhost");
    const { code, out } = await add("acme/shop", "--to", to);
    expect({ code, arrived: out.includes("ok        a test delivery arrived") }).toEqual({ code: 0, arrived: true });
    expect(gitea.hooks).toMatchObject([{ secret: SECRET, config: { url: expect.stringContaining(to) } }]);
  });

  it("fails where Dayfly has another secret than the hook", async () => {
    await forge();
    const { code, out } = await add("acme/shop", "--to", webhook, "--secret-file", secretFile("other", "another"));

    expect({ code, failed: /FAILED .* another secret's signature/.test(out) }).toEqual({ code: 1, failed: true });
  });

  it("hangs a hook on an organisation, on the token's own user and on everything", async () => {
    const gitea = await forge();
    const { code, out } = await add("--owner", "acme", "--owner", "Ada", "--everything");

    expect(code).toBe(0);
    expect(out.match(/untested/g)).toHaveLength(3);
    expect(gitea.hooks.map(({ place }) => place)).toEqual(["/orgs/acme", "/user", "/admin"]);
    expect(gitea.hooks[2]?.config.is_system_webhook).toBe("true");
  });

  it("sends no test to a repository without a commit, and says so", async () => {
    await forge({ empty: true });
    const { code, out } = await add("acme/shop");
    expect({ code, out: out.split("\n")[1] }).toEqual({
      code: 0,
      out: "untested  Gitea sends no test delivery while a repository has no commit",
    });
  });

  it("asks a Gitea before 1.24 for no job events: it has none", async () => {
    const gitea = await forge({ version: "1.23.8" });
    await add("acme/shop");
    expect(gitea.hooks[0]?.events).toEqual(["push", "pull_request"]);
  });

  it("prints no secret, whatever happens", async () => {
    await forge();
    const told = [
      await add("acme/shop"),
      await add("acme/none"),
      await add("--to", "nonsense", "acme/shop"),
      await add("--secret-file", secretFile("other", "another-secret"), "--to", webhook, "acme/shop"),
    ];
    expect(told.map(({ out, err }) => out + err).join()).not.toMatch(/the-secret-of|another-secret|right"/);
  });
});

/** Another Dayfly than the one beside us. */
const elsewhere = ["--to", "https://ci.example.com/webhook/home", "--secret-file", "secret"];

describe("dayfly hooks add, wrongly called", () => {
  it("hands the token and the secret of the served forge to no other one", async () => {
    await forge();
    const other = await fakeGitea();
    forges.push(other);
    const { code, err } = await add("acme/shop", "--url", other.url, "--to", webhook);
    expect({ code, requests: other.requests }).toEqual({ code: 2, requests: [] });
    expect(err).toContain("a forge is asked with a token");

    const tokenFile = secretFile("own", TOKEN);
    const again = await add("acme/shop", "--url", other.url, "--token-file", tokenFile, "--to", webhook);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining("with which secret?") });
    expect(other.requests).toEqual([]);
  });

  it("does not touch the forge while nobody serves", async () => {
    const gitea = await forge();
    await server.close();
    const { code, err } = await add("acme/shop");

    expect({ code, requests: gitea.requests }).toEqual({ code: 3, requests: [] });
    expect(err).toContain("no `dayfly start` serves this folder now");
  });

  it.each([
    { argv: [], code: 2, says: "a webhook for what?" },
    { argv: ["shop"], code: 2, says: '"shop" is no owner/name' },
    { argv: ["acme/none"], code: 2, says: "not there, or our token may not see it (404)" },
    { argv: ["acme/shop", "--to", "https://ci.example.com/"], code: 2, says: "is no address of Dayfly's" },
    { argv: ["acme/shop", "--to", "https://ci.example.com/webhook/home"], code: 2, says: "with which secret?" },
    { argv: ["acme/shop", "--url", "git.example.com"], code: 2, says: '"git.example.com" is no address of a forge' },
    { argv: ["acme/shop", "--url", "ftp://x"], code: 2, says: "is no address of a forge" },
    { argv: ["acme/shop", "--token-file", "nowhere"], code: 2, says: "there is no such file" },
    { argv: ["acme/shop", "--app", "7"], code: 2, says: "a Gitea knows no Apps" },
    {
      argv: ["acme/shop", "--url", "http://127.0.0.1:1", "--token-file", "token", ...elsewhere],
      code: 3,
      says: "nothing answers at http://127.0.0.1:1",
    },
  ])(
    "$argv ends with $code: $says",
    async ({ argv, code, says }) => {
      const gitea = await forge();
      const said = await add(...argv);
      expect(said).toMatchObject({ code, err: expect.stringContaining(says) });
      expect(gitea.hooks).toEqual([]);
    },
    20_000,
  );

  it.each([
    { what: "that others may read", mode: 0o644, text: TOKEN, says: "others may read this file" },
    { what: "that is empty", mode: 0o600, text: "", says: "this file is empty" },
    { what: "that the forge refuses", mode: 0o600, text: "wrong", says: "Gitea refuses this token (401)" },
  ])("refuses a token file $what", async ({ mode, text, says }) => {
    await forge();
    const file = secretFile("given", text, mode);
    expect(statSync(file).mode & 0o777).toBe(mode);
    expect(await add("acme/shop", "--token-file", file)).toMatchObject({ code: 2, err: expect.stringContaining(says) });
  });

  it("says which scope an owner's hook needs", async () => {
    await forge({ isAdmin: false });
    const { code, err } = await add("--everything");
    expect({ code, says: err.includes("write:admin for everything") }).toEqual({ code: 2, says: true });
  });
});
