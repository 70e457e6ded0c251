import { describe, expect, it } from "@jest/globals";
import type { ServerForge } from "../../lib/core/forge.ts";
import { giteaForge } from "../../lib/forges/gitea/gitea-forge.ts";

const repo = { id: "7", name: "acme/shop" };
const sha = "a".repeat(40);
const blob = "b".repeat(40);
const path = ".gitea/workflows/ci.yml";
const content = { path, sha: blob, encoding: "base64", content: Buffer.from("on: push\n").toString("base64") };
const at = "/repos/acme/shop";

/**
 * What a Gitea of each version knows, by the routes in its sources (routers/api/v1/api.go at v1.22.0, v1.23.0, v1.24.0, v1.25.0), and
 * what it answers. A later version knows what an earlier one does, unless it says `gone`.
 */
const routes: readonly {
  readonly from: number;
  readonly gone?: number;
  readonly route: RegExp;
  readonly value: unknown;
}[] = [
  { from: 22, route: /^GET \/repos\/acme\/shop$/, value: { id: 7, full_name: "acme/shop", default_branch: "main" } },
  { from: 22, route: /^GET .*\/contents\/\.gitea%2Fworkflows$/, value: [{ ...content, type: "file" }] },
  { from: 22, route: /^GET .*\/contents\/\.gitea%2Fworkflows%2Fci\.yml$/, value: content },
  { from: 22, gone: 26, route: /^GET .*\/actions\/runners\/registration-token$/, value: { token: "t" } },
  {
    from: 22,
    route: /^POST .*RunnerService\/Register$/,
    value: { runner: { id: "5", uuid: "u", token: "s", name: "n" } },
  },
  { from: 22, route: /^POST .*\/statuses\//, value: {} },
  { from: 22, route: /^(GET|POST) .*\/hooks$/, value: undefined },
  { from: 24, route: /^POST .*\/actions\/runners\/registration-token$/, value: { token: "t" } },
  { from: 24, route: /^GET .*\/actions\/runners$/, value: { runners: [] } },
  { from: 24, route: /^DELETE .*\/actions\/runners\/\d+$/, value: {} },
  { from: 24, route: /^GET .*\/file-contents$/, value: [content] },
  {
    from: 25,
    route: /^GET .*\/contents-ext\/\.gitea%2Fworkflows$/,
    value: { dir_contents: [{ ...content, type: "file" }] },
  },
  { from: 25, route: /^GET .*\/actions\/jobs$/, value: { jobs: [] } },
  { from: 26, route: /^POST .*\/actions\/runs\/1\/jobs\/2\/rerun$/, value: {} },
];

function gitea(
  minor: number,
  workflowDirectories?: readonly string[],
): { forge: ServerForge; asked: string[]; unknown: string[]; bodies: unknown[] } {
  const [asked, unknown, bodies]: [string[], string[], unknown[]] = [[], [], []];
  const answer: typeof fetch = async (input, init) => {
    const line = `${init?.method} ${new URL(String(input)).pathname.replace("/api/v1", "")}`;
    if (line === "GET /version") return Response.json({ version: `1.${minor}.0` });
    asked.push(line);
    if (typeof init?.body === "string") bodies.push(JSON.parse(init.body));
    const known = routes.find(({ from, gone = 99, route }) => minor >= from && minor < gone && route.test(line));
    if (!known) unknown.push(line);
    if (line.endsWith("/hooks")) return Response.json(line.startsWith("GET") ? [] : { id: 1 });
    // An administrator's list of all jobs came with 1.25 as well; this token is no administrator's.
    return known ? Response.json(known.value) : Response.json({}, { status: line.includes("/admin/") ? 403 : 404 });
  };
  const world = { fetch: answer, now: () => 0, sleep: async () => undefined, fraction: () => 0 };
  const url = "https://git.example.com";
  const forge = giteaForge({ name: "home", url, token: async () => "t", world, workflowDirectories });
  return { forge, asked, unknown, bodies };
}

it.each([
  [25, [".gitea%2Fworkflows"]],
  [26, ["ci", ".gitea%2Fworkflows"]],
] as const)("a Gitea 1.%i whose WORKFLOW_DIRS is set is asked for %j", async (minor, folders) => {
  const { forge, asked } = gitea(minor, ["ci", ".gitea/workflows"]);
  expect(await forge.source.workflowFiles(repo, sha)).toHaveLength(1);
  expect(asked.slice(0, folders.length)).toEqual(folders.map((folder) => `GET ${at}/contents-ext/${folder}`));
});

const minors = [22, 23, 24, 25, 26];

describe.each(minors)("5-01 a Gitea 1.%i", (minor) => {
  it("is asked for workflow files by what it knows, whatever that costs", async () => {
    const { forge, asked, unknown } = gitea(minor);
    expect(await forge.source.workflowFiles(repo, sha)).toEqual([{ path, text: "on: push\n", blobId: blob }]);
    expect(unknown).toEqual([]);
    expect(asked).toEqual([
      `GET ${at}/${minor >= 25 ? "contents-ext" : "contents"}/.gitea%2Fworkflows`,
      minor >= 24 ? `GET ${at}/file-contents` : `GET ${at}/contents/.gitea%2Fworkflows%2Fci.yml`,
    ]);
  });

  it("registers a runner, and removes it where that can be asked for", async () => {
    const { forge, asked, unknown } = gitea(minor);
    const scope = "home/acme/shop";
    const registered = await forge.enrolment.enrol({ scope, repo, name: "n", labels: ["linux"] });
    expect(registered).toMatchObject({ kind: "gitea", runnerId: "5" });
    expect(await forge.enrolment.runners(scope)).toEqual([]);
    await forge.enrolment.remove(scope, "5");
    expect(unknown).toEqual([]);
    expect(asked[0]).toBe(`${minor >= 24 ? "POST" : "GET"} ${at}/actions/runners/registration-token`);
    expect(asked.some((line) => line.startsWith("DELETE"))).toBe(minor >= 24);
  });

  it("is silent about its jobs before 1.25, and is not asked in vain", async () => {
    const { forge, asked } = gitea(minor);
    expect(await forge.demand.missed(0)).toEqual([]);
    expect(await forge.demand.job(repo, "2")).toBe(minor >= 25 ? "gone" : "silent");
    expect(asked.filter((line) => line.includes("/actions/jobs")).length > 0).toBe(minor >= 25);
  });

  it("reruns a job from 1.26 on, and says no before", async () => {
    const { forge, asked } = gitea(minor);
    expect(await forge.feedback.rerun(repo, "1", "2")).toBe(minor >= 26);
    expect(asked).toHaveLength(minor >= 26 ? 1 : 0);
  });

  it("gets a webhook with the events that it knows, and statuses", async () => {
    const { forge, unknown, bodies } = gitea(minor);
    const hook = { url: "https://ci.example.com/webhook/home", secret: "s" };
    await forge.hooks.ensure({ kind: "repository", name: repo.name }, hook);
    await forge.feedback.status(repo, sha, { context: "dayfly", state: "pending", text: "t" });
    expect(unknown).toEqual([]);
    const jobEvents = minor >= 24 ? ["workflow_job"] : [];
    expect(bodies[0]).toMatchObject({ events: ["push", "pull_request", ...jobEvents] });
  });
});

it.each([
  { version: "1.21.11", lacks: ["gitea-too-old", "no-job-events", "no-runner-list", "no-job-list", "no-rerun"] },
  { version: "1.22.6", lacks: ["no-job-events", "no-runner-list", "no-job-list", "no-rerun"] },
  { version: "1.23.8", lacks: ["no-job-events", "no-runner-list", "no-job-list", "no-rerun"] },
  { version: "1.24.7", lacks: ["no-job-list", "no-rerun"] },
  { version: "1.25.4", lacks: ["no-rerun"] },
  { version: "1.26.3", lacks: [] },
  { version: "1.27.0+dev-120-g0123abc", lacks: [] },
])("5-01 Gitea $version says what it cannot do for us, one sentence each", async ({ version, lacks }) => {
  const answer: typeof fetch = async () => Response.json({ version });
  const world = { fetch: answer, now: () => 0, sleep: async () => undefined, fraction: () => 0 };
  const forge = giteaForge({ name: "home", url: "https://git.example.com", token: async () => "t", world });
  const probed = await forge.server.probe();
  expect(probed).toMatchObject({ version, lacks: lacks.map((code) => ({ code })) });
  for (const { text } of probed.lacks) expect(text).toMatch(/^(before 1\.\d+ Gitea|this Gitea)/);
});
