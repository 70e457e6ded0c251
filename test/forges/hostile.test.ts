import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { UserError, WorldError } from "../../lib/core/errors.ts";
import type { ServerForge } from "../../lib/core/forge.ts";
import { giteaForge } from "../../lib/forges/gitea/gitea-forge.ts";
import { githubForge } from "../../lib/forges/github/github-forge.ts";
import { type HostileForge, hostileForge, json, type Reply, testWorld } from "./hostile-forge.ts";

const TOKEN = "s3cr3t-token";
const repo = { id: "1", name: "acme/shop" };
const sha = "a".repeat(40);
const request = { scope: "home/acme/shop", repo, name: "n", labels: ["x"] };

/** Everything that an adapter can be asked. */
const calls: Readonly<Record<string, (forge: ServerForge) => Promise<unknown>>> = {
  workflowFiles: ({ source }) => source.workflowFiles(repo, sha),
  "changedFiles of a push": ({ source }) =>
    source.changedFiles(repo, { kind: "push", before: "b".repeat(40), after: sha }),
  "changedFiles of a new ref": ({ source }) =>
    source.changedFiles(repo, { kind: "push", before: "0".repeat(40), after: sha, firstCommit: sha }),
  "changedFiles of a pull request": ({ source }) =>
    source.changedFiles(repo, { kind: "pull_request", number: "1", head: sha }),
  commit: ({ source }) => source.commit(repo, sha),
  isAncestor: ({ source }) => source.isAncestor(repo, sha, sha),
  defaultBranch: ({ source }) => source.defaultBranch(repo),
  branchTip: ({ source }) => source.branchTip(repo, "main"),
  disabled: ({ switches }) => switches.disabled(repo),
  missed: ({ demand }) => demand.missed(0),
  job: ({ demand }) => demand.job(repo, "1"),
  enrol: ({ enrolment }) => enrolment.enrol(request),
  runners: ({ enrolment }) => enrolment.runners(request.scope),
  remove: ({ enrolment }) => enrolment.remove(request.scope, "1"),
  status: ({ feedback }) => feedback.status(repo, sha, { context: "c", state: "pending", text: "t" }),
  rerun: ({ feedback }) => feedback.rerun(repo, "1", "1"),
  ensure: ({ hooks }) =>
    hooks.ensure({ kind: "repository", name: repo.name }, { url: "https://ci.example.com/w", secret: "hook-s3cr3t" }),
  "ensure for an owner": ({ hooks }) =>
    hooks.ensure({ kind: "owner", name: "acme" }, { url: "https://ci.example.com/w", secret: "hook-s3cr3t" }),
  test: ({ hooks }) => hooks.test({ kind: "repository", name: repo.name }, "1"),
  probe: ({ server }) => server.probe(),
};

let forge: HostileForge;
let canary: HostileForge;
beforeAll(async () => {
  forge = await hostileForge();
  canary = await hostileForge();
});
afterAll(async () => {
  await forge.close();
  await canary.close();
});

/** Still a Gitea, so that calls get beyond asking for the version. */
function afterVersion(reply: Reply): Reply {
  return (request, response, body) => {
    if (request.url?.endsWith("/version")) json(200, { version: "1.26.3" })(request, response, body);
    else reply(request, response, body);
  };
}

const urls = (): Record<string, string> =>
  Object.fromEntries(
    ["url", "html_url", "git_url", "download_url", "run_url", "clone_url", "hooks_url"].map((name) => [
      name,
      `${canary.url}/x`,
    ]),
  );

const lists: readonly (readonly [path: RegExp, field: string])[] = [
  [/\/git\/trees\//, "tree"],
  [/\/actions\/runners/, "runners"],
  [/\/repos\/search/, "data"],
  [/\/actions\/runs\?/, "workflow_runs"],
  [/\/installation\/repositories/, "repositories"],
  [/\/contents-ext\//, "dir_contents"],
  [/\/compare\//, "files"],
];

/** A full page of whatever is asked for, each time with new ids, and with every address of it elsewhere. */
function endless(): Reply {
  let id = 0;
  return (request, response, body) => {
    const item = (): Record<string, unknown> => {
      const next = ++id;
      const job = { run_id: 1, run_attempt: 1, head_sha: sha, labels: ["x"], name: `n${next}`, status: "queued" };
      const hook = { type: "gitea", active: true, events: [], config: { url: `${canary.url}/${next}` } };
      const place = { full_name: `acme/r${next}`, permissions: { admin: true }, path: `p${next}`, sha, mode: "040000" };
      return {
        id: next,
        guid: `${next}`,
        status_code: 500,
        event: "push",
        delivered_at: "2026-11-21T12:00:00Z",
        busy: false,
        filename: `f${next}`,
        ...job,
        ...hook,
        ...place,
        ...urls(),
      };
    };
    const isTree = request.url?.includes("/git/trees/") === true;
    const items = Array.from({ length: isTree ? 1 : 100 }, item).map((one) =>
      isTree ? { ...one, type: "tree", sha: `${one.id}`.padStart(40, "0") } : one,
    );
    const field = lists.find(([path]) => path.test(request.url ?? ""))?.[1] ?? "jobs";
    const wrapped = { [field]: items, truncated: true, version: "1.26.3", ...urls() };
    const bare = /\/hooks|\/user\/repos|\/app\/installations|\/deliveries|\/pulls\/1\/files/.test(request.url ?? "");
    json(200, bare ? items : wrapped)(request, response, body);
  };
}

const behaviours: readonly { readonly name: string; readonly reply: () => Reply }[] = [
  {
    name: "redirects elsewhere",
    reply: () => (_request, response) => void response.writeHead(307, { location: `${canary.url}/steal` }).end(),
  },
  {
    name: "answers HTML",
    reply: () => (_request, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  },
  {
    name: "answers wrong types",
    reply: () => json(200, { version: 5, tree: "x", jobs: {}, data: 1, id: [], repository: 7, ...urls() }),
  },
  { name: "answers a list of nonsense", reply: () => json(200, [null, 1, "x", urls()]) },
  { name: "fails always", reply: () => json(503, urls()) },
  { name: "limits without a word", reply: () => json(429, {}) },
  { name: "has revoked the token", reply: () => json(401, { message: "bad credentials", documentation_url: "x" }) },
  { name: "has nothing", reply: () => json(404, urls()) },
  { name: "has pages without end", reply: endless },
];

const forges = {
  Gitea: (): ServerForge => giteaForge({ name: "home", url: forge.url, token: async () => TOKEN, world: testWorld() }),
  GitHub: (): ServerForge =>
    githubForge({
      name: "home",
      url: forge.url,
      auth: { kind: "token", token: async () => TOKEN },
      world: testWorld(),
    }),
};

/** One listing of a hundred pages, twice, is the longest that a call may take. */
const MOST_REQUESTS = 250;
/** Hundreds of full pages take a while on a busy computer. */
const PATIENCE_MS = 30_000;

describe.each(["Gitea", "GitHub"] as const)("a %s", (kind) => {
  describe.each(behaviours)("that $name", ({ reply }) => {
    it.each(Object.keys(calls))(
      "gets no request beside it, no endless talk and no secret out of %s",
      async (name) => {
        const before = forge.requests.length;
        forge.replyWith(afterVersion(reply()));
        const outcome = await calls[name]?.(forges[kind]()).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome instanceof WorldError || outcome instanceof UserError).toBe(true);
          expect(`${outcome.message} ${outcome.stack}`).not.toMatch(/s3cr3t/);
        }
        expect(canary.requests).toEqual([]);
        expect(forge.requests.length - before).toBeLessThanOrEqual(MOST_REQUESTS);
      },
      PATIENCE_MS,
    );
  });

  it.each(Object.keys(calls))("says in %s that its token was revoked", async (name) => {
    forge.replyWith(json(401, {}));
    const error: unknown = await calls[name]?.(forges[kind]()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringContaining("refuses our token (401)"), retryable: false });
  });
});
