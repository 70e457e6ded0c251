import { describe, expect, it } from "@jest/globals";
import { giteaForge } from "../../lib/forges/gitea/gitea-forge.ts";
import { githubForge } from "../../lib/forges/github/github-forge.ts";
import { answersOf } from "./scripted-answers.ts";

const job = {
  id: 5,
  run_id: 4,
  run_attempt: 0,
  name: "build",
  labels: ["linux"],
  status: "queued",
  head_sha: "a".repeat(40),
  url: "http://gitea.invalid/api/v1/repos/acme/shop/actions/jobs/5",
};
const shop = { id: 7, full_name: "acme/shop", permissions: { admin: true } };

const world = (fetch: typeof globalThis.fetch) => ({
  fetch,
  now: () => 0,
  sleep: async () => undefined,
  fraction: () => 0,
});
const auth = { kind: "token", token: async () => "t" } as const;

describe("1-11 the runners of a repository that is gone", () => {
  const { fetch } = answersOf({ "/version": { version: "1.26.3" } });
  const url = "http://forge.invalid";
  it.each([
    { name: "Gitea", forge: giteaForge({ name: "home", url, token: auth.token, world: world(fetch) }) },
    { name: "GitHub", forge: githubForge({ name: "home", url: "https://github.com", auth, world: world(fetch) }) },
  ])("are none, at $name", async ({ forge }) => {
    expect(await forge.enrolment.runners("home/acme/gone")).toEqual([]);
  });
});

describe("1-11 jobs that wait at a Gitea", () => {
  it("are asked of each repository where the server fails to list them all", async () => {
    const { fetch, requests } = answersOf({
      "/version": { version: "1.26.3" },
      "/admin/actions/jobs": 500,
      "/repos/search": { data: [shop, { ...shop, id: 8, full_name: "acme/other", permissions: { admin: false } }] },
      "/repos/acme/shop/actions/jobs": { jobs: [job] },
    });
    const { demand } = giteaForge({
      name: "home",
      url: "http://gitea.invalid",
      token: auth.token,
      world: world(fetch),
    });

    expect(await demand.missed(0)).toMatchObject([{ repo: { id: "7", name: "acme/shop" }, job: { id: "5" } }]);
    expect(requests.filter((path) => path === "/admin/actions/jobs")).toHaveLength(1);
  });

  it("and those that run come with one list", async () => {
    const running = { ...job, id: 6, status: "in_progress", run_attempt: 1, runner_id: 3, runner_name: "dayfly-x-1" };
    const { fetch, queries } = answersOf({
      "/version": { version: "1.26.3" },
      "/admin/actions/jobs": { jobs: [job, { ...running, url: job.url.replace("5", "6") }] },
      "/repos/acme/shop": shop,
    });
    const { demand } = giteaForge({
      name: "home",
      url: "http://gitea.invalid",
      token: auth.token,
      world: world(fetch),
    });

    expect((await demand.missed(0)).map(({ action }) => action)).toEqual(["queued", "in_progress"]);
    expect(queries.filter((query) => query.includes("status=queued&status=in_progress"))).toHaveLength(1);
  });
});
