import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Assignments } from "../../lib/core/forge.ts";
import { giteaForge } from "../../lib/forges/gitea/gitea-forge.ts";
import { githubForge } from "../../lib/forges/github/github-forge.ts";
import { recordedAssignments } from "../fixtures/gitea.ts";
import { type HostileForge, hostileForge, testWorld } from "./hostile-forge.ts";

const repo = { id: "7", name: "acme/shop" };
const head = "a".repeat(40);
const tip = "b".repeat(40);
const runner = { name: "dayfly-1", id: "5" };

let forge: HostileForge;
/** Answers by the path that is asked for; anything else is 404. */
let answers: Record<string, unknown>;
beforeEach(async () => {
  forge = await hostileForge();
  forge.replyWith((request, response) => {
    const path = new URL(request.url ?? "", forge.url).pathname;
    const answer = answers[path];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? {}));
  });
});
afterEach(() => forge.close());

describe("6-10 the job that a Gitea runner has now", () => {
  const base = "/api/v1/repos/acme/shop/actions";
  const job = {
    id: 2361,
    run_id: 1629,
    run_attempt: 1,
    name: "deploy",
    labels: ["deploy"],
    status: "in_progress",
    head_sha: head,
    runner_id: 5,
    runner_name: "dayfly-1",
  };
  const run = { event: "push", path: "ci.yml@refs/heads/main", head_sha: head };
  const ask = (): Assignments =>
    giteaForge({ name: "home", url: forge.url, token: async () => "t", world: testWorld() }).assignments;

  beforeEach(() => {
    answers = {
      "/api/v1/version": { version: "1.26.3" },
      [`${base}/jobs`]: { jobs: [{ ...job, id: 1, runner_id: 4, runner_name: "dayfly-0" }, job] },
      [`${base}/runs/1629`]: run,
    };
  });

  it("is found by the runner, with its run's event, full ref and commit", async () => {
    expect(await ask().ofRunner(repo, runner)).toEqual({
      repo,
      jobId: "2361",
      jobName: "deploy",
      runnerName: "dayfly-1",
      event: "push",
      ref: "refs/heads/main",
      headSha: head,
      fork: false,
    });
  });

  it("is none while no job is in progress on that runner", async () => {
    answers[`${base}/jobs`] = { jobs: [] };
    expect(await ask().ofRunner(repo, runner)).toBe("none");
  });

  it("is none where only the name of the runner fits: somebody else's runner may have taken it", async () => {
    expect(await ask().ofRunner(repo, { ...runner, id: "6" })).toBe("none");
  });

  it("of a pull request counts as a fork's, and names the pull request", async () => {
    answers[`${base}/runs/1629`] = { ...run, event: "pull_request", path: "ci.yml@refs/pull/7/head" };
    expect(await ask().ofRunner(repo, runner)).toMatchObject({ fork: true, pullRequest: "7" });
  });

  const commits: Readonly<Record<string, string>> = {
    "8e83bfb4a195ea1aaedde83fd68c0018d35ea426": "first",
    b1a3a19de0dce8f36650c71f35f5fe7ce63c1b9b: "second",
    ff1b4450e7b45439ef3e0eb24eab1c7df9260eb1: "change",
  };
  it.each([
    { version: "1.25.4", target: "pull_request" },
    { version: "1.26.3", target: "pull_request_target" },
  ] as const)("is read from the answers of a real Gitea $version, whatever started the job", async (real) => {
    const said: string[] = [];
    for (const { step, jobs, run } of recordedAssignments(real.version)) {
      answers = {
        "/api/v1/version": { version: real.version },
        [`${base}/jobs`]: jobs,
        [`${base}/runs/${run.id}`]: run,
      };
      const job = await ask().ofRunner(repo, { name: "dayfly-1", id: "1" });
      if (typeof job === "string") throw new Error(`${step}: ${job}`);
      said.push([`${step}:`, job.event, job.ref, commits[job.headSha], ...(job.fork ? ["fork"] : [])].join(" "));
    }

    expect(said).toEqual([
      "push of a branch: push refs/heads/main first",
      "push of a lightweight tag: push refs/tags/v1 first",
      "push of a later commit: push refs/heads/main second",
      "push of an annotated tag: push refs/tags/v2 second",
      "by hand on a branch: workflow_dispatch refs/heads/main second",
      "by hand on a tag: workflow_dispatch refs/tags/v1 first",
      "by hand on an annotated tag: workflow_dispatch refs/tags/v2 second",
      "run again: push refs/heads/main first",
      "pull request: pull_request refs/pull/1/head change fork",
      `pull request: ${real.target} refs/pull/1/head change fork`,
      "comment on the pull request: issue_comment refs/heads/main second",
      "release: release refs/tags/v2 second",
    ]);
  });

  it("cannot be told by a server before 1.25", async () => {
    answers["/api/v1/version"] = { version: "1.24.7" };
    expect(await ask().ofRunner(repo, runner)).toBe("silent");
  });
});

describe("6-10 the job that a GitHub runner has now", () => {
  const base = "/api/v3/repos/acme/shop";
  const job = { id: 11, run_id: 21, name: "deploy", status: "in_progress", runner_id: 5, runner_name: "dayfly-1" };
  const run = {
    event: "push",
    head_branch: "main",
    head_sha: head,
    repository: { id: 7 },
    head_repository: { id: 7 },
    pull_requests: [],
  };
  const ask = (): Assignments =>
    githubForge({
      name: "hub",
      url: forge.url,
      auth: { kind: "token", token: async () => "t" },
      world: testWorld(),
    }).assignments;

  beforeEach(() => {
    answers = {
      [`${base}/actions/jobs/11`]: job,
      [`${base}/actions/runs/21`]: run,
      [`${base}/branches/main`]: { commit: { sha: tip } },
      [`${base}/compare/${head}...${tip}`]: { status: "ahead" },
      [`${base}/actions/runs`]: { workflow_runs: [{ id: 20 }, { id: 21 }] },
      [`${base}/actions/runs/20/jobs`]: { jobs: [] },
      [`${base}/actions/runs/21/jobs`]: { jobs: [job] },
    };
  });

  it("is read where a job event told us of it", async () => {
    expect(await ask().ofRunner(repo, { ...runner, jobId: "11" })).toMatchObject({
      jobId: "11",
      event: "push",
      ref: "refs/heads/main",
      headSha: head,
      fork: false,
    });
  });

  it("is searched for in the begun runs where none has told us yet", async () => {
    expect(await ask().ofRunner(repo, runner)).toMatchObject({ jobId: "11", ref: "refs/heads/main" });
  });

  it("is none when that job has another runner by now, or has ended", async () => {
    answers[`${base}/actions/jobs/11`] = { ...job, runner_id: 6 };
    expect(await ask().ofRunner(repo, { ...runner, jobId: "11" })).toBe("none");
    answers[`${base}/actions/jobs/11`] = { ...job, status: "completed" };
    expect(await ask().ofRunner(repo, { ...runner, jobId: "11" })).toBe("none");
  });

  it("of a tag called main is a tag's: its commit is not on the branch", async () => {
    answers[`${base}/compare/${head}...${tip}`] = { status: "diverged" };
    expect(await ask().ofRunner(repo, { ...runner, jobId: "11" })).toMatchObject({ ref: "refs/tags/main" });
  });

  it("of a tag without such a branch is a tag's", async () => {
    delete answers[`${base}/branches/main`];
    expect(await ask().ofRunner(repo, { ...runner, jobId: "11" })).toMatchObject({ ref: "refs/tags/main" });
  });

  it.each([{ head_repository: { id: 8 } }, { head_repository: null }])(
    "of a commit from another repository is a fork's: %j",
    async (change) => {
      answers[`${base}/actions/runs/21`] = { ...run, ...change };
      expect(await ask().ofRunner(repo, { ...runner, jobId: "11" })).toMatchObject({ fork: true });
    },
  );

  it("of a pull request names it", async () => {
    answers[`${base}/actions/runs/21`] = { ...run, event: "pull_request", pull_requests: [{ number: 7 }] };
    expect(await ask().ofRunner(repo, { ...runner, jobId: "11" })).toMatchObject({ pullRequest: "7", fork: false });
  });
});
