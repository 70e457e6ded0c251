/** What the proof needs of a real Gitea beside our own adapter: repositories, pull requests, runs. */
export interface GiteaServer {
  readonly url: string;
  readonly login: string;
  readonly version: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  createRepository(name: string): Promise<{ id: number; full_name: string }>;
  deleteRepository(name: string): Promise<void>;
  /** For `git push`: the token travels within, so it must not be printed. */
  pushUrl(name: string): string;
  runs(name: string): Promise<readonly GiteaRun[]>;
  jobs(name: string, run: number): Promise<readonly GiteaRunJob[]>;
}

export interface GiteaRun {
  readonly id: number;
  /** `build.yml@refs/heads/main` */
  readonly path: string;
  readonly event: string;
  readonly head_sha: string;
  readonly head_branch: string;
  readonly status: string;
}

export interface GiteaRunJob {
  readonly name: string;
  readonly labels: readonly string[] | null;
  readonly status: string;
}

export async function giteaServer(url: string, token: string): Promise<GiteaServer> {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  const { login } = await call<{ login: string }>("GET", "/user");
  const { version } = await call<{ version: string }>("GET", "/version");
  return {
    url,
    login,
    version,
    call,
    createRepository: (name) => call("POST", "/user/repos", { name, default_branch: "main", auto_init: false }),
    deleteRepository: (name) => call("DELETE", `/repos/${login}/${name}`),
    pushUrl: (name) => url.replace("://", `://${login}:${token}@`).concat(`/${login}/${name}.git`),
    async runs(name) {
      const all: GiteaRun[] = [];
      for (let page = 1; page <= 20; page += 1) {
        const answer = await call<{ workflow_runs: GiteaRun[] | null }>(
          "GET",
          `/repos/${login}/${name}/actions/runs?limit=50&page=${page}`,
        );
        all.push(...(answer.workflow_runs ?? []));
        if ((answer.workflow_runs ?? []).length < 50) break;
      }
      return all;
    },
    async jobs(name, run) {
      const all: GiteaRunJob[] = [];
      for (let page = 1; page <= 20; page += 1) {
        const answer = await call<{ jobs: GiteaRunJob[] | null }>(
          "GET",
          `/repos/${login}/${name}/actions/runs/${run}/jobs?limit=50&page=${page}`,
        );
        all.push(...(answer.jobs ?? []));
        if ((answer.jobs ?? []).length < 50) break;
      }
      return all;
    },
  };
}
