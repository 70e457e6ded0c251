import { createRequire } from "node:module";
import { FAKE_TOKEN, fakeGithub } from "../github/fake-github.ts";
import { REPOSITORY } from "../github/routes.ts";
import { scratchRepository } from "../scratch-repository.ts";
import { type PlayedForge, type PlayedJob, type PlayedRequest, playedServer, sender } from "./played-forge.ts";

export const githubToken = FAKE_TOKEN;

interface Example {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}

/** An Enterprise Server: the fake that GitHub's own description checks, and hooks filled from GitHub's own examples. */
export async function playedGithub(): Promise<PlayedForge> {
  const catalogue = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Example[];
  const example = (event: string) => catalogue.find(({ name }) => name === event)?.examples.at(-1) ?? {};
  const text = "on: push\njobs: { build: { runs-on: dayfly, steps: [{ run: make }] } }\n";
  const scratch = scratchRepository([{ name: "first", files: { ".github/workflows/build.yml": text } }]);
  const sha = scratch.idOf("first");
  const github = fakeGithub(scratch, { rest: "/api/v3", graphql: "/api/graphql", now: Date.now });
  const hooks = sender("github");
  const jobs: PlayedJob[] = [];

  const jobOf = ({ id, status, conclusion, runner }: PlayedJob) => ({
    ...(example("workflow_job").workflow_job as object),
    id,
    run_id: 4000,
    run_attempt: 1,
    name: "build",
    labels: ["dayfly"],
    head_sha: sha,
    head_branch: "main",
    status,
    conclusion,
    runner_id: runner?.id ?? null,
    runner_name: runner?.name ?? null,
  });
  async function tell(job: PlayedJob): Promise<number> {
    github.state.jobs.splice(0, github.state.jobs.length, ...jobs.map(jobOf));
    const payload = {
      ...example("workflow_job"),
      action: job.status,
      repository: REPOSITORY,
      workflow_job: jobOf(job),
    };
    return hooks.send("workflow_job", payload);
  }

  /** What a runner with a just-in-time configuration does; GitHub documents nothing of it, so this is our own. */
  async function runnerCall(request: PlayedRequest) {
    const name = Buffer.from(JSON.parse(request.text).jit, "base64")
      .toString("utf8")
      .replace(/^jit of /, "");
    const runner = [...github.state.runners.values()].find((one) => one.name === name);
    if (!runner) return { status: 401, body: {} };
    if (request.url.pathname === "/runner/take") {
      const job = jobs.find(({ status }) => status === "queued");
      if (!job || forge.held) return { status: 200, body: {} };
      Object.assign(job, { status: "in_progress", runner: { id: runner.id, name } });
      Object.assign(runner, { status: "online", busy: true });
      await tell(job);
      return { status: 200, body: { job: `${job.id}`, steps: forge.steps, lastWord: forge.lastWord } };
    }
    const job = jobs.find(({ runner: its }) => its?.name === name);
    if (!job) return { status: 404, body: {} };
    Object.assign(job, { status: "completed", conclusion: JSON.parse(request.text).conclusion });
    github.state.runners.delete(runner.id);
    await tell(job);
    return { status: 200, body: {} };
  }

  const server = await playedServer(async (request) => {
    if (request.url.pathname.startsWith("/runner/")) return runnerCall(request);
    const { method, url, headers, text: body } = request;
    const authorization = String(headers.authorization ?? "");
    const answer = await github.fetch(url, { method, headers: { authorization }, ...(body && { body }) });
    return { status: answer.status, ...(answer.status !== 204 && { body: await answer.json() }) };
  });

  async function tellJob(job = jobs.at(-1)): Promise<number> {
    if (!job) throw new Error("nobody has pushed yet");
    return tell(job);
  }

  async function tellPush(): Promise<number> {
    const commit = { id: sha };
    const push = { ...example("push"), ref: "refs/heads/main", after: sha, head_commit: commit, commits: [commit] };
    return hooks.send("push", { ...push, before: "0".repeat(40), repository: REPOSITORY });
  }

  const forge: PlayedForge = {
    url: server.url,
    kind: "github",
    steps: "true",
    lastWord: false,
    held: false,
    hooks,
    jobs,
    problems: github.problems,
    runners: () => [...github.state.runners.values()].map(({ name }) => name),
    async push({ quietly = false } = {}) {
      jobs.push({ id: 9_007_199_254 + jobs.length, status: "queued", conclusion: null });
      if (quietly) return;
      await tellPush();
      await tellJob();
    },
    tellPush,
    tellJob,
    async close() {
      scratch.dispose();
      await server.close();
    },
  };
  return forge;
}
