import { recordedDeliveries, recordedJobEvents } from "../../fixtures/gitea.ts";
import {
  type PlayedAnswer,
  type PlayedForge,
  type PlayedJob,
  type PlayedRequest,
  playedServer,
  sender,
} from "./played-forge.ts";

export const giteaToken = "gitea-owner-token";
const workflow = "on: push\njobs: { build: { runs-on: dayfly, steps: [{ run: make }] } }\n";

interface RecordedJob {
  readonly workflow_job: { readonly id: number; readonly head_sha: string };
  readonly repository: { readonly id: number; readonly full_name: string };
}

export interface PlayedGitea extends PlayedForge {
  /** What the runs of its jobs are for. */
  origin: { readonly event: string; readonly ref: string };
  readonly headSha: string;
  /** `owner/name` */
  readonly repository: string;
}

/** A Gitea 1.26: its hooks say what a real one said (test/fixtures/gitea), its API answers what we ask of it. */
export async function playedGitea(): Promise<PlayedGitea> {
  const recorded = JSON.parse(recordedJobEvents("1.26.3")[0]?.body ?? "{}") as RecordedJob;
  const { repository } = recorded;
  const push = recordedDeliveries("1.26.3").find(({ step }) => step.startsWith("push: one commit"));
  const recordedPush = JSON.parse(push?.body ?? "{}") as object;
  const hooks = sender("gitea");
  const jobs: PlayedJob[] = [];
  const runners = new Map<string, { id: number; uuid: string; token: string; name: string }>();
  const problems: string[] = [];
  let counter = 100;

  const jobOf = ({ id, status, conclusion, runner }: PlayedJob) => ({
    ...recorded.workflow_job,
    id,
    labels: ["dayfly"],
    status,
    conclusion,
    run_attempt: runner ? 1 : 0,
    runner_id: runner?.id ?? null,
    runner_name: runner?.name ?? null,
  });
  const tell = (job: PlayedJob) =>
    hooks.send("workflow_job", { ...recorded, action: job.status, workflow_job: jobOf(job) });

  const base = `/api/v1/repos/${repository.full_name}`;
  const rpc = "/api/actions/runner.v1.RunnerService";
  const routes: Readonly<Record<string, (request: PlayedRequest) => PlayedAnswer | Promise<PlayedAnswer>>> = {
    "GET /api/v1/version": () => ok({ version: "1.26.3" }),
    "GET /api/v1/admin/actions/jobs": () => ({ status: 403, body: {} }),
    "GET /api/v1/repos/search": () => ok({ data: [{ ...repository, permissions: { admin: true } }] }),
    [`GET ${base}/actions/jobs`]: ({ url }) => {
      const asked = url.searchParams.getAll("status");
      return ok({
        jobs: jobs.filter(({ status }) => asked.includes(status)).map((job) => ({ ...jobOf(job), url: "" })),
      });
    },
    [`GET ${base}/actions/workflows`]: () => ok({ workflows: [{ id: "build.yml", state: "active" }] }),
    [`GET ${base}/actions/runners`]: () =>
      ok({ runners: [...runners.values()].map(({ id, name }) => ({ id, name, status: "online", busy: false })) }),
    [`POST ${base}/actions/runners/registration-token`]: () => ok({ token: "registration-token" }),
    [`GET ${base}/contents-ext/.gitea%2Fworkflows`]: () =>
      ok({ dir_contents: [{ path: ".gitea/workflows/build.yml", type: "file", sha: "b".repeat(40) }] }),
    [`GET ${base}/file-contents`]: () =>
      ok([
        {
          path: ".gitea/workflows/build.yml",
          sha: "b".repeat(40),
          encoding: "base64",
          content: Buffer.from(workflow).toString("base64"),
        },
      ]),
    [`POST ${rpc}/Register`]: ({ text }) => {
      const { token, name } = JSON.parse(text) as { token: string; name: string };
      if (token !== "registration-token") return { status: 401, body: {} };
      const runner = { id: ++counter, uuid: `uuid-${counter}`, token: `secret-of-${name}`, name };
      runners.set(runner.uuid, runner);
      return ok({ runner });
    },
    [`POST ${rpc}/FetchTask`]: async (request) => {
      const runner = runners.get(String(request.headers["x-runner-uuid"]));
      if (runner?.token !== request.headers["x-runner-token"] || !runner) return { status: 401, body: {} };
      const job = jobs.find(({ status }) => status === "queued");
      if (!job || forge.held) return ok({ tasksVersion: "1" });
      job.status = "in_progress";
      job.runner = { id: runner.id, name: runner.name };
      await tell(job);
      return ok({ task: { id: `${job.id}`, steps: forge.steps, lastWord: forge.lastWord }, tasksVersion: "1" });
    },
    [`POST ${rpc}/UpdateTask`]: async (request) => {
      const runner = runners.get(String(request.headers["x-runner-uuid"]));
      const { state } = JSON.parse(request.text) as { state: { id: string; result: string } };
      const job = jobs.find(({ id, runner: its }) => `${id}` === state.id && its?.id === runner?.id);
      if (!job || !runner) return { status: 404, body: {} };
      job.status = "completed";
      job.conclusion = state.result === "RESULT_SUCCESS" ? "success" : "failure";
      // An ephemeral runner is forgotten after its job.
      runners.delete(runner.uuid);
      await tell(job);
      return ok({});
    },
  };

  function more({ method, url }: PlayedRequest): PlayedAnswer | undefined {
    const [, kind, id] =
      new RegExp(`^${base}/(actions/jobs|actions/runs|actions/runners|git/commits|statuses)/(\\w+)$`).exec(
        url.pathname,
      ) ?? [];
    if (kind === "git/commits") return ok({ sha: id, commit: { message: "a change" }, parents: [] });
    if (kind === "statuses" && method === "POST") return { status: 201, body: {} };
    if (kind === "actions/runs") {
      const { event, ref } = forge.origin;
      return ok({ event, path: `build.yml@${ref}`, head_sha: recorded.workflow_job.head_sha });
    }
    if (kind === "actions/jobs") {
      const job = jobs.find((one) => `${one.id}` === id);
      return job ? ok({ ...jobOf(job), url: "" }) : { status: 404, body: {} };
    }
    if (kind !== "actions/runners" || method !== "DELETE") return undefined;
    const [uuid] = [...runners].find(([, runner]) => `${runner.id}` === id) ?? [];
    return { status: uuid !== undefined && runners.delete(uuid) ? 204 : 404 };
  }

  const server = await playedServer(async (request) => {
    const { method, url, headers } = request;
    if (url.pathname.startsWith("/api/v1/") && headers.authorization !== `token ${giteaToken}`) {
      problems.push(`${method} ${url.pathname} without the token`);
      return { status: 401, body: {} };
    }
    const answer = (await routes[`${method} ${url.pathname}`]?.(request)) ?? more(request);
    if (!answer) problems.push(`${method} ${url.pathname}`);
    return answer ?? { status: 404, body: {} };
  });

  async function tellJob(job = jobs.at(-1)): Promise<number> {
    if (!job) throw new Error("nobody has pushed yet");
    return tell(job);
  }

  async function tellPush(): Promise<number> {
    const sha = recorded.workflow_job.head_sha;
    // Each push is another one: where it came from tells them apart.
    const before = String(jobs.length).padStart(40, "0").replace(/^0+$/, "1".repeat(40));
    return hooks.send("push", { ...recordedPush, repository, before, after: sha, head_commit: { id: sha } });
  }

  const forge: PlayedGitea = {
    ...server,
    kind: "gitea",
    steps: "true",
    lastWord: false,
    origin: { event: "push", ref: "refs/heads/main" },
    held: false,
    headSha: recorded.workflow_job.head_sha,
    repository: repository.full_name,
    hooks,
    jobs,
    problems,
    runners: () => [...runners.values()].map(({ name }) => name),
    async push({ quietly = false } = {}) {
      jobs.push({ id: ++counter, status: "queued", conclusion: null });
      if (quietly) return;
      await tellPush();
      await tellJob();
    },
    tellPush,
    tellJob,
  };
  return forge;
}

function ok(body: unknown): PlayedAnswer {
  return { status: 200, body };
}
