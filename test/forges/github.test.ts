import { createPublicKey, createVerify } from "node:crypto";
import { afterAll, describe, expect, it } from "@jest/globals";
import type { WorldError } from "../../lib/core/errors.ts";
import { appJwt } from "../../lib/forges/github/app-token.ts";
import { baseOf } from "../../lib/forges/github/base.ts";
import { githubForge } from "../../lib/forges/github/github-forge.ts";
import { FAKE_APP, FAKE_TOKEN, type FakeGithub, fakeGithub } from "../fakes/github/fake-github.ts";
import { operationNames } from "../fakes/github/openapi.ts";
import { REPOSITORY } from "../fakes/github/routes.ts";
import { type CommitPlan, scratchRepository } from "../fakes/scratch-repository.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const repo = { id: `${REPOSITORY.id}`, name: REPOSITORY.full_name };
const nowhere = "0".repeat(40);

const manyFiles = Object.fromEntries(Array.from({ length: 310 }, (_, index) => [`f${1000 + index}`, "x"]));
const history: readonly CommitPlan[] = [
  { name: "root", files: { "README.md": "r", "old.txt": "same text for a rename" } },
  { name: "one", from: ["root"], files: { "one.txt": "1" } },
  { name: "two", from: ["one"], files: { "old.txt": null, "new.txt": "same text for a rename" } },
  { name: "rewritten", from: ["root"], files: { "side.txt": "2" } },
  { name: "many", from: ["root"], files: manyFiles },
  { name: "big", from: ["root"], files: { ".github/workflows/big.yml": "#".repeat(600_000) } },
];
const scratch = scratchRepository(history);
afterAll(() => scratch.dispose());

function forgeOf(kind: "token" | "app" = "app") {
  const fake: FakeGithub = fakeGithub(scratch, { now: () => NOW });
  const world = { fetch: fake.fetch, now: () => NOW, sleep: async () => undefined, fraction: () => 0 };
  const auth =
    kind === "token"
      ? ({ kind, token: async () => FAKE_TOKEN } as const)
      : ({ kind, id: FAKE_APP, key: async () => fake.appKey } as const);
  return { fake, forge: githubForge({ name: "hub", url: "https://github.com", auth, world }) };
}

describe("5-01 the files of a push to GitHub", () => {
  async function changed(before: string, after: string, firstCommit?: string) {
    const { fake, forge } = forgeOf();
    const change = { kind: "push", before, after, ...(firstCommit ? { firstCommit } : {}) } as const;
    const files = await forge.source.changedFiles(repo, change);
    expect(fake.problems).toEqual([]);
    return files;
  }

  it("of a new branch begin at the parent of the oldest commit that the push brought", async () => {
    const files = await changed(nowhere, scratch.idOf("two"), scratch.idOf("one"));
    expect(files).toEqual({ kind: "files", paths: ["new.txt", "one.txt"], formerly: ["old.txt"] });
  });

  it("of a new branch that begins with a root commit are all its files", async () => {
    expect(await changed(nowhere, scratch.idOf("one"), scratch.idOf("root"))).toEqual({
      kind: "files",
      paths: ["README.md", "old.txt", "one.txt"],
    });
  });

  it("of a new branch that brought no commit are unknown", async () => {
    expect(await changed(nowhere, scratch.idOf("two"))).toMatchObject({ kind: "undecidable", cause: "unavailable" });
  });

  it("tell the old name of a rename apart", async () => {
    expect(await changed(scratch.idOf("one"), scratch.idOf("two"))).toEqual({
      kind: "files",
      paths: ["new.txt"],
      formerly: ["old.txt"],
    });
  });

  it.each([
    { from: "rewritten", to: "two", paths: ["new.txt", "one.txt"], formerly: ["old.txt", "side.txt"] },
    { from: "rewritten", to: "one", paths: ["one.txt"], formerly: ["side.txt"] },
    { from: "rewritten", to: "root", paths: ["side.txt"], formerly: undefined },
  ])("count after a forced push to $to, where what is gone may be an old name", async ({ from, to, ...rest }) => {
    expect(await changed(scratch.idOf(from), scratch.idOf(to))).toEqual({ kind: "files", ...rest });
  });

  it("are the first 300, on a fast-forward and on a forced push", async () => {
    const forward = await changed(scratch.idOf("root"), scratch.idOf("many"));
    const forced = await changed(scratch.idOf("two"), scratch.idOf("many"));
    expect(forward).toMatchObject({ paths: { length: 300 } });
    expect(forced).toMatchObject({ paths: { length: 300 } });
  });
});

describe("1-02 workflow files of GitHub", () => {
  it("come whole where GraphQL cuts them", async () => {
    const { forge } = forgeOf();
    const [file] = await forge.source.workflowFiles(repo, scratch.idOf("big"));
    expect(file?.text).toHaveLength(600_000);
  });

  it("of a repository that the token may not see are a failure that says so", async () => {
    const { forge } = forgeOf("token");
    const stranger = { id: "1", name: "acme/other" };
    await expect(forge.source.workflowFiles(stranger, scratch.idOf("root"))).rejects.toThrow(
      "our token may not see it",
    );
  });
});

describe("5-01 a GitHub App", () => {
  it("signs a token that GitHub takes: issued a minute ago, for at most ten, by the App", () => {
    const { fake } = forgeOf();
    const jwt = appJwt(FAKE_APP, fake.appKey, NOW);
    const [header = "", claims = "", signature = ""] = jwt.split(".");
    const verifier = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    expect(verifier.verify(createPublicKey(fake.appKey), signature, "base64url")).toBe(true);
    const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    expect(decoded(header)).toEqual({ alg: "RS256", typ: "JWT" });
    expect(decoded(claims)).toEqual({ iat: NOW / 1000 - 60, exp: NOW / 1000 + 540, iss: FAKE_APP });
  });

  it("says that its key is none, without showing it", async () => {
    const fake = fakeGithub(scratch);
    const world = { fetch: fake.fetch, now: () => NOW, sleep: async () => undefined, fraction: () => 0 };
    const auth = { kind: "app", id: FAKE_APP, key: async () => "not-a-key" } as const;
    const forge = githubForge({ name: "hub", url: "https://github.com", auth, world });
    await expect(forge.source.defaultBranch(repo)).rejects.toThrow("the GitHub App's private key is not a key in PEM");
  });

  it("asks once for a token that is good for one repository, whatever its length, and uses it again", async () => {
    const { fake, forge } = forgeOf();
    await forge.source.defaultBranch(repo);
    await forge.source.defaultBranch(repo);
    expect(fake.requests).toEqual([
      "GET /repos/{owner}/{repo}/installation",
      "POST /app/installations/{installation_id}/access_tokens",
      "GET /repos/{owner}/{repo}",
      "GET /repos/{owner}/{repo}",
    ]);
  });

  it("1-09 makes a token for git that reads one repository and can do nothing else", async () => {
    const { fake, forge } = forgeOf();
    const token = await forge.repositoryToken?.(repo);
    expect([...fake.state.installationTokens]).toEqual([token]);
    expect(fake.state.asked.at(-1)).toEqual({
      repositories: [repo.name.split("/")[1]],
      permissions: { contents: "read", metadata: "read" },
    });
  });

  it("gets a new token when GitHub has revoked the old one", async () => {
    const { fake, forge } = forgeOf();
    await forge.source.defaultBranch(repo);
    fake.state.installationTokens.clear();
    expect(await forge.source.defaultBranch(repo)).toBe("main");
    expect(fake.requests.filter((request) => request.includes("access_tokens"))).toHaveLength(2);
  });

  it("says where it is not installed", async () => {
    const { forge } = forgeOf();
    const elsewhere = { id: "2", name: "acme/other" };
    await expect(forge.source.defaultBranch(elsewhere)).rejects.toThrow(
      "the GitHub App is not installed on acme/other",
    );
  });

  it("5-11 has one hook for all repositories, which is set right", async () => {
    const { fake, forge } = forgeOf();
    const hook = { url: "https://ci.example.com/webhook/hub", secret: "s" };
    expect(await forge.hooks.ensure({ kind: "everything" }, hook)).toMatchObject({ outcome: "repaired" });
    expect(await forge.hooks.ensure({ kind: "everything" }, hook)).toMatchObject({ outcome: "present" });
    expect(await forge.hooks.test({ kind: "everything" }, "app")).toMatchObject({ kind: "untested" });
    expect(fake.state.appHook).toEqual({ ...hook, content_type: "json", insecure_ssl: "0" });
    expect(fake.problems).toEqual([]);
  });

  it("6-04 asks for each delivery again that failed and has not arrived since, once", async () => {
    const { fake, forge } = forgeOf();
    const delivery = (id: number, guid: string, status_code: number, event: string, minutesAgo: number): void =>
      void fake.state.deliveries.push({
        id,
        guid,
        status_code,
        event,
        delivered_at: new Date(NOW - minutesAgo * 60_000).toISOString(),
      });
    delivery(9, "arrived-later", 202, "push", 1);
    delivery(8, "lost", 503, "workflow_job", 2);
    delivery(7, "lost", 500, "workflow_job", 3);
    delivery(6, "arrived-later", 502, "push", 4);
    delivery(5, "not-ours", 500, "star", 5);
    delivery(4, "long-ago", 500, "push", 500);
    await forge.demand.missed(NOW - 60 * 60_000);
    expect(fake.state.redelivered).toEqual(["7"]);
    expect(fake.problems).toEqual([]);
  });
});

describe("webhooks at GitHub", () => {
  const hook = { url: "https://ci.example.com/webhook/hub", secret: "first" };

  it.each([{ kind: "repository", name: "acme/shop" } as const, { kind: "owner", name: "acme" } as const])(
    "5-11 of a $kind are made once, signed with the newest secret, and tell what their address answered",
    async (place) => {
      const { fake, forge } = forgeOf("token");
      const { id } = await forge.hooks.ensure(place, hook);
      await forge.hooks.ensure(place, { ...hook, secret: "second" });
      expect(fake.state.hooks).toMatchObject([{ place: place.name, config: { secret: "second" } }]);
      fake.state.hookAnswer = 401;
      expect(await forge.hooks.test(place, id)).toEqual({ kind: "answered", status: 401 });
      expect(fake.problems).toEqual([]);
    },
  );

  it("5-11 for everything need an App", async () => {
    const { forge } = forgeOf("token");
    await expect(forge.hooks.ensure({ kind: "everything" }, hook)).rejects.toThrow("only as a GitHub App");
  });
});

describe("runners at GitHub", () => {
  it("5-06 are not removed while they work, and that is worth another try", async () => {
    const { fake, forge } = forgeOf();
    fake.state.runners.set(5, { id: 5, name: "busy", status: "online", busy: true });
    const removed: Promise<unknown> = forge.enrolment.remove("hub/acme/shop", "5");
    await expect(removed).rejects.toMatchObject({ retryable: true } satisfies Partial<WorldError>);
  });

  it("5-06 of the same name are a conflict, which is worth another try", async () => {
    const { fake, forge } = forgeOf();
    fake.state.runners.set(5, { id: 5, name: "taken", status: "offline", busy: false });
    const request = { scope: "hub/acme/shop", repo, name: "taken", labels: ["x"] };
    await expect(forge.enrolment.enrol(request)).rejects.toMatchObject({ retryable: true });
  });

  it("are asked for a rerun, and an unknown job is told", async () => {
    const { fake, forge } = forgeOf();
    fake.state.jobs.push({ id: 11, run_id: 1 });
    expect(await forge.feedback.rerun(repo, "1", "11")).toBe(true);
    expect(await forge.feedback.rerun(repo, "1", "12")).toBe(false);
    expect(fake.problems).toEqual([]);
  });
});

describe("5-01 addresses", () => {
  it.each([
    { url: "https://github.com", base: { url: "https://api.github.com", rest: "", graphql: "/graphql" } },
    { url: "https://github.com/", base: { url: "https://api.github.com", rest: "", graphql: "/graphql" } },
    { url: "https://acme.ghe.com", base: { url: "https://api.acme.ghe.com", rest: "", graphql: "/graphql" } },
    { url: "https://git.acme.org", base: { url: "https://git.acme.org", rest: "/api/v3", graphql: "/api/graphql" } },
    { url: "https://notgithub.com", base: { url: "https://notgithub.com", rest: "/api/v3", graphql: "/api/graphql" } },
  ])("$url has its APIs at $base.url$base.rest", ({ url, base }) => {
    expect(baseOf(url)).toEqual(base);
  });
});

it("uses every operation that the slice of GitHub's description holds", async () => {
  const used = new Set<string>();
  for (const kind of ["token", "app"] as const) {
    const { fake, forge } = forgeOf(kind);
    fake.state.pull = { base: scratch.idOf("root"), head: scratch.idOf("one") };
    fake.state.runs.push({ id: 1, status: "queued" });
    fake.state.jobs.push({
      id: 11,
      run_id: 1,
      labels: [],
      head_sha: scratch.idOf("root"),
      status: "queued",
      name: "j",
    });
    fake.state.deliveries.push({
      id: 3,
      guid: "g",
      status_code: 500,
      event: "push",
      delivered_at: new Date(NOW).toISOString(),
    });
    const request = { scope: "hub/acme/shop", repo, name: "n", labels: ["x"] };
    await forge.server.probe();
    await forge.demand.missed(0);
    await forge.demand.job(repo, "11");
    await forge.feedback.rerun(repo, "1", "11");
    await forge.feedback.status(repo, scratch.idOf("root"), { context: "c", state: "pending", text: "t" });
    for (const place of [
      { kind: "repository", name: repo.name },
      { kind: "owner", name: "acme" },
    ] as const) {
      const { id } = await forge.hooks.ensure(place, { url: "https://a.example/1", secret: "s" });
      await forge.hooks.ensure(place, { url: "https://a.example/1", secret: "s" });
      await forge.hooks.test(place, id);
    }
    await forge.enrolment.enrol(request);
    await forge.enrolment.runners(request.scope);
    await forge.enrolment.remove(request.scope, "1");
    await forge.source.defaultBranch(repo);
    await forge.switches.disabled(repo);
    await forge.source.changedFiles(repo, { kind: "pull_request", number: "1", head: scratch.idOf("one") });
    await forge.source.changedFiles(repo, { kind: "push", before: scratch.idOf("two"), after: scratch.idOf("many") });
    await forge.source.workflowFiles(repo, scratch.idOf("big"));
    for (const name of fake.requests) used.add(name);
    expect(fake.problems).toEqual([]);
  }
  const rest = operationNames.filter((name) => !used.has(name));
  expect(rest).toEqual(["POST /app-manifests/{code}/conversions"]);
});
