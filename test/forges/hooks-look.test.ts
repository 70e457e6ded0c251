import { describe, expect, it } from "@jest/globals";
import type { Hooks } from "../../lib/core/forge.ts";
import { giteaForge } from "../../lib/forges/gitea/gitea-forge.ts";
import { githubForge } from "../../lib/forges/github/github-forge.ts";

const url = "https://ci.example.com/webhook/home";
const events = ["push", "pull_request", "workflow_job"];
const on = { kind: "repository", name: "acme/shop" } as const;

/** A forge that answers by path; what it is not asked for in vain stays unwritten. */
function answering(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const world = {
    fetch: async (input: unknown, init?: RequestInit) => {
      const { pathname } = new URL(String(input));
      asked.push(`${init?.method ?? "GET"} ${pathname}`);
      const found = answers[pathname];
      return found === undefined ? new Response("{}", { status: 404 }) : Response.json(found);
    },
    now: () => 0,
    sleep: async () => {},
    fraction: () => 0,
  };
  return { world, asked };
}

function gitea(hooks: readonly object[]): { hooks: Hooks; asked: string[] } {
  const { world, asked } = answering({
    "/api/v1/version": { version: "1.26.3" },
    "/api/v1/repos/acme/shop/hooks": hooks,
  });
  const forge = giteaForge({ name: "home", url: "https://git.example.com", world, token: async () => "t" });
  return { hooks: forge.hooks, asked };
}

function github(hooks: readonly object[]): { hooks: Hooks; asked: string[] } {
  const { world, asked } = answering({ "/repos/acme/shop/hooks": hooks });
  const auth = { kind: "token", token: async () => "t" } as const;
  const forge = githubForge({ name: "home", url: "https://github.com", world, auth });
  if (!forge.hooks) throw new Error("no hooks");
  return { hooks: forge.hooks, asked };
}

const ofGitea = (change: object = {}) => ({
  id: 1,
  type: "gitea",
  active: true,
  events,
  config: { url: `${url}#0a1b2c3d`, content_type: "json" },
  ...change,
});
const ofGithub = (change: object = {}) => ({
  id: 1,
  active: true,
  events,
  config: { url, content_type: "json" },
  last_response: { code: 202, status: "active" },
  ...change,
});

describe("5-10 looking at a webhook", () => {
  it.each([
    { forge: "Gitea", hooks: gitea([ofGitea()]).hooks, found: {} },
    { forge: "GitHub", hooks: github([ofGithub()]).hooks, found: { lastStatus: 202 } },
  ])("finds ours at $forge", async ({ hooks, found }) => {
    expect(await hooks.look(on, url)).toEqual({ kind: "present", active: true, missing: [], ...found });
  });

  it.each([
    { forge: "Gitea", hooks: gitea([ofGitea({ config: { url: `${url}2` } })]).hooks },
    { forge: "GitHub", hooks: github([ofGithub({ config: { url: `${url}2` } })]).hooks },
  ])("takes no other one at $forge for ours", async ({ hooks }) => {
    expect(await hooks.look(on, url)).toEqual({ kind: "absent" });
  });

  it.each([
    { forge: "Gitea", hooks: gitea([ofGitea({ active: false, events: ["push"] })]).hooks },
    { forge: "GitHub", hooks: github([ofGithub({ active: false, events: ["push"] })]).hooks },
  ])("says at $forge what is wrong with it", async ({ hooks }) => {
    expect(await hooks.look(on, url)).toMatchObject({ active: false, missing: ["pull_request", "workflow_job"] });
  });

  it.each([
    { forge: "Gitea", look: gitea([ofGitea()]) },
    { forge: "GitHub", look: github([ofGithub()]) },
  ])("changes nothing at $forge", async ({ look }) => {
    await look.hooks.look(on, url);
    expect(look.asked.filter((call) => !call.startsWith("GET "))).toEqual([]);
  });
});
