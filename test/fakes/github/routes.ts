import type { ScratchRepository } from "../scratch-repository.ts";
import type { Caller } from "./fake-github.ts";
import { type FakeHook, hookRoutes } from "./hook-routes.ts";
import { operationOf, sampleOf } from "./openapi.ts";

export interface GithubState {
  readonly runners: Map<number, { id: number; name: string; status: string; busy: boolean }>;
  readonly hooks: FakeHook[];
  /** What the hooks' address answers. */
  hookAnswer: number;
  readonly statuses: Record<string, unknown>[];
  readonly jobs: Record<string, unknown>[];
  readonly runs: { id: number; status: string }[];
  /** The first is switched on. */
  readonly workflows: { path: string; state: string }[];
  readonly deliveries: Record<string, unknown>[];
  readonly redelivered: string[];
  readonly reruns: string[];
  readonly installationTokens: Set<string>;
  appHook: Record<string, unknown>;
  /** Head and base of pull request 1. */
  pull: { base: string; head: string };
  installedVersion: string | undefined;
  /** So often the App is asked for before somebody has installed it. */
  installsAfter: number;
  /** Codes that GitHub gave to a browser, each good for one App. */
  readonly codes: Set<string>;
  readonly appKey: string;
  nextId: number;
  /** What tokens were asked for. */
  readonly asked: unknown[];
}

export function newState(appKey: string): GithubState {
  return {
    runners: new Map(),
    hooks: [],
    hookAnswer: 200,
    statuses: [],
    jobs: [],
    runs: [],
    workflows: [{ path: ".github/workflows/on.yml", state: "active" }],
    deliveries: [],
    redelivered: [],
    reruns: [],
    installationTokens: new Set(),
    appHook: {},
    pull: { base: "", head: "" },
    installedVersion: undefined,
    installsAfter: 0,
    codes: new Set(),
    appKey,
    nextId: 9_007_199_254,
    asked: [],
  };
}

export interface Asked {
  readonly state: GithubState;
  readonly scratch: ScratchRepository;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly caller: Caller;
  readonly now: number;
}

export interface Answering {
  readonly status: number;
  readonly value?: unknown;
}

export const REPOSITORY = {
  id: 1296269,
  full_name: "acme/shop",
  name: "shop",
  default_branch: "main",
  archived: false,
};

export type Route = (asked: Asked) => Answering | Promise<Answering>;

/** Operation → what the fake does. Lists hand over one page. */
export const routes: Readonly<Record<string, Route>> = {
  "GET /meta": ({ state }) => ok(state.installedVersion ? { installed_version: state.installedVersion } : {}),
  "GET /user/repos": () =>
    ok([{ ...sampleItem("GET", "/user/repos"), ...REPOSITORY, permissions: { admin: true, pull: true, push: true } }]),
  "GET /repos/{owner}/{repo}": ({ params }) => (isOurs(params) ? ok(REPOSITORY) : { status: 404 }),
  "GET /repos/{owner}/{repo}/installation": ({ state, params, caller }) =>
    caller === "app" && isOurs(params) && --state.installsAfter < 0 ? ok({ id: 77, app_id: 4711 }) : { status: 404 },
  "POST /app-manifests/{code}/conversions": ({ state, params }) => {
    if (!state.codes.delete(params.code ?? "")) return { status: 404 };
    const made = { id: 4711, html_url: "https://github.com/apps/made", pem: state.appKey, webhook_secret: "wh-s3cr3t" };
    return { status: 201, value: { ...made, client_id: "c", client_secret: "cl-s3cr3t" } };
  },
  "POST /app/installations/{installation_id}/access_tokens": newToken,
  "GET /app/installations": () => ok([{ ...sampleItem("GET", "/app/installations"), id: 77 }]),
  "GET /installation/repositories": () =>
    ok({ total_count: 1, repositories: [{ ...repositoryInInstallation(), ...REPOSITORY }] }),
  "GET /app/hook/config": ({ state }) => ok(state.appHook),
  "PATCH /app/hook/config": ({ state, body }) => {
    state.appHook = { ...state.appHook, ...(body as object) };
    return ok(state.appHook);
  },
  "GET /app/hook/deliveries": ({ state }) =>
    ok(state.deliveries.map((delivery) => ({ ...sampleItem("GET", "/app/hook/deliveries"), ...delivery }))),
  "POST /app/hook/deliveries/{delivery_id}/attempts": ({ state, params }) => {
    state.redelivered.push(params.delivery_id ?? "");
    return { status: 202, value: {} };
  },
  "GET /repos/{owner}/{repo}/actions/runners": ({ state }) =>
    ok({
      total_count: state.runners.size,
      runners: [...state.runners.values()].map((runner) => ({ os: "linux", labels: [], ...runner })),
    }),
  "POST /repos/{owner}/{repo}/actions/runners/generate-jitconfig": configure,
  "DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}": ({ state, params }) => {
    const runner = state.runners.get(Number(params.runner_id));
    if (runner?.busy) return { status: 422 };
    return { status: state.runners.delete(Number(params.runner_id)) ? 204 : 404 };
  },
  ...hookRoutes,
  "POST /repos/{owner}/{repo}/statuses/{sha}": ({ state, body }) => {
    state.statuses.push(body as Record<string, unknown>);
    return { status: 201, value: body };
  },
  "GET /repos/{owner}/{repo}/actions/workflows": ({ state, query }) => {
    const [page, size] = [Number(query.get("page")), Number(query.get("per_page"))];
    const sample = itemOf("GET", "/repos/acme/shop/actions/workflows", "workflows");
    const workflows = state.workflows.slice((page - 1) * size, page * size).map((one) => ({ ...sample, ...one }));
    return ok({ total_count: state.workflows.length, workflows });
  },
  "GET /repos/{owner}/{repo}/actions/runs": ({ state, query }) => {
    const runs = state.runs.filter(({ status }) => status === query.get("status"));
    const sample = itemOf("GET", "/repos/acme/shop/actions/runs", "workflow_runs");
    return ok({ total_count: runs.length, workflow_runs: runs.map((run) => ({ ...sample, ...run })) });
  },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs": ({ state, params }) => {
    const jobs = state.jobs.filter((job) => `${job.run_id}` === params.run_id);
    return ok({ total_count: jobs.length, jobs: jobs.map((job) => ({ ...jobSample(), ...job })) });
  },
  "GET /repos/{owner}/{repo}/actions/jobs/{job_id}": ({ state, params }) => {
    const job = state.jobs.find(({ id }) => `${id}` === params.job_id);
    return job ? ok(job) : { status: 404 };
  },
  "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun": ({ state, params }) => {
    const known = state.jobs.some(({ id }) => `${id}` === params.job_id);
    if (known) state.reruns.push(params.job_id ?? "");
    return known ? { status: 201, value: {} } : { status: 404 };
  },
  "GET /repos/{owner}/{repo}/compare/{basehead}": compare,
  "GET /repos/{owner}/{repo}/git/trees/{tree_sha}": listTree,
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": ({ scratch, params }) => {
    const content = scratch.git("cat-file", "blob", params.file_sha ?? "");
    return ok({ content: Buffer.from(content).toString("base64"), encoding: "base64", sha: params.file_sha });
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/files": ({ state, scratch, query }) => {
    const page = Number(query.get("page"));
    const size = Number(query.get("per_page"));
    const files = filesBetween(scratch, `${state.pull.base}...${state.pull.head}`);
    return ok(files.slice((page - 1) * size, page * size));
  },
};

function ok(value: unknown): Answering {
  return { status: 200, value };
}

function isOurs({ owner, repo }: Readonly<Record<string, string>>): boolean {
  return `${owner}/${repo}` === REPOSITORY.full_name;
}

function newToken({ state, caller, body, now }: Asked): Answering {
  if (caller !== "app") return { status: 401 };
  const { permissions } = body as { permissions: Record<string, string> };
  // No assumption about its length is allowed: GitHub changes the form of its tokens.
  const token = `ghs_${"x".repeat(300)}${++state.nextId}`;
  state.installationTokens.add(token);
  state.asked.push(body);
  return { status: 201, value: { token, expires_at: new Date(now + 3600_000).toISOString(), permissions } };
}

function configure({ state, body }: Asked): Answering {
  const { name } = body as { name: string };
  if ([...state.runners.values()].some((runner) => runner.name === name)) return { status: 409 };
  const id = ++state.nextId;
  state.runners.set(id, { id, name, status: "offline", busy: false });
  const runner = { id, name, os: "unknown", status: "offline", busy: false, labels: [] };
  return { status: 201, value: { runner, encoded_jit_config: Buffer.from(`jit of ${name}`).toString("base64") } };
}

function compare({ scratch, params }: Asked): Answering {
  const [base = "", head = ""] = (params.basehead ?? "").split("...");
  const has = (id: string): boolean => scratch.has(id);
  if (!has(base) || !has(head)) return { status: 404 };
  const count = (range: string): number => Number(scratch.git("rev-list", "--count", range));
  const [ahead, behind] = [count(`${base}..${head}`), count(`${head}..${base}`)];
  const status = ahead === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged";
  const files = filesBetween(scratch, `${base}...${head}`).slice(0, 300);
  return ok({ status, ahead_by: ahead, behind_by: behind, total_commits: ahead, commits: [], files });
}

/** As GitHub lists files: renames found, the old name beside the new one. */
function filesBetween(scratch: ScratchRepository, range: string): Record<string, unknown>[] {
  const fields = scratch
    .git("diff", "-z", "-M", "--name-status", range)
    .split("\0")
    .filter((field) => field !== "");
  const sample = sampleItem("GET", "/repos/acme/shop/pulls/1/files");
  const files: Record<string, unknown>[] = [];
  while (fields.length > 0) {
    const letter = fields.shift() ?? "";
    const [first = "", second] = letter.startsWith("R") ? fields.splice(0, 2) : fields.splice(0, 1);
    const renamed = second === undefined ? {} : { previous_filename: first, status: "renamed" };
    files.push({ ...sample, filename: second ?? first, status: statuses[letter] ?? "modified", ...renamed });
  }
  return files;
}

const statuses: Readonly<Record<string, string>> = { A: "added", D: "removed", M: "modified", T: "changed" };

function listTree({ scratch, params, query }: Asked): Answering {
  const id = params.tree_sha ?? "";
  if (!scratch.has(id)) return { status: 404 };
  const recursive = query.get("recursive") === null ? [] : ["-r", "-t"];
  const lines = scratch
    .git("ls-tree", "-z", ...recursive, id)
    .split("\0")
    .filter((line) => line !== "");
  const tree = lines.map((line) => {
    const [facts = "", path = ""] = line.split("\t");
    const [mode, type, sha] = facts.split(" ");
    return { path, mode, type, sha, url: "https://canary.invalid/tree" };
  });
  return ok({ sha: id, url: "https://canary.invalid/tree", truncated: false, tree });
}

function sampleItem(method: string, path: string): Record<string, unknown> {
  const shape = operationOf(method, path)?.operation.answers["200"];
  return sampleOf(shape?.items ?? {}) as Record<string, unknown>;
}

function itemOf(method: string, path: string, field: string): Record<string, unknown> {
  const shape = operationOf(method, path)?.operation.answers["200"];
  return sampleOf(shape?.properties?.[field]?.items ?? {}) as Record<string, unknown>;
}

function jobSample(): Record<string, unknown> {
  return itemOf("GET", "/repos/acme/shop/actions/runs/1/jobs", "jobs");
}

function repositoryInInstallation(): Record<string, unknown> {
  return itemOf("GET", "/installation/repositories", "repositories");
}
