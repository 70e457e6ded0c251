import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeGiteaHook {
  readonly id: number;
  /** `/repos/acme/shop`, `/orgs/acme`, `/user` or `/admin`. */
  readonly place: string;
  readonly type: string;
  /** As Gitea keeps it from the creation on; it is never shown. */
  readonly secret: string;
  active: boolean;
  events: readonly string[];
  branch_filter: string;
  config: Readonly<Record<string, string>>;
}

export interface FakeGiteaOptions {
  readonly version?: string;
  /** The one token that it takes; its owner is the user `ada`. */
  readonly token?: string;
  readonly isAdmin?: boolean;
  /** Names of repositories that ada administrates. */
  readonly repositories?: readonly string[];
  /** Without a commit. */
  readonly empty?: boolean;
  /** Does ALLOWED_HOST_LIST hold `loopback`? */
  readonly sendsToLoopback?: boolean;
  /** Scopes that the token lacks: a path that begins so is refused. */
  readonly refuses?: readonly string[];
}

export interface FakeGitea {
  readonly url: string;
  readonly hooks: readonly FakeGiteaHook[];
  /** Names of runners that are registered. */
  readonly runners: readonly string[];
  /** `GET /version` of every request. */
  readonly requests: readonly string[];
  addHook(hook: Omit<FakeGiteaHook, "id">): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly value?: unknown;
}

const hookPath = /^(\/repos\/[^/]+\/[^/]+|\/orgs\/[^/]+|\/user|\/admin)\/hooks(?:\/(\d+))?(\/tests)?$/;

/**
 * As much of a Gitea, over real HTTP, as hooks and setup ask for; it behaves as 1.25.4 and 1.26.3 were seen to:
 * a wrong token is refused by every path, a hook's secret is neither shown nor changed, tests are sent to hooks of repositories alone.
 */
export async function fakeGitea(options: FakeGiteaOptions = {}): Promise<FakeGitea> {
  const { version = "1.26.3", token = "right", isAdmin = true, repositories = ["acme/shop"], refuses = [] } = options;
  const hooks: FakeGiteaHook[] = [];
  const runners: string[] = [];
  const requests: string[] = [];

  function answer(method: string, path: string, body: Record<string, unknown>): Answer | Promise<Answer> {
    if (refuses.some((start) => path.startsWith(start))) return { status: 403 };
    if (path === "/version") return { status: 200, value: { version } };
    if (path === "/user") return { status: 200, value: { login: "ada", is_admin: isAdmin } };
    if (path.startsWith("/admin/") && !isAdmin) return { status: 403 };
    const [, name = ""] = /^\/repos\/([^/]+\/[^/]+)/.exec(path) ?? [];
    if (name !== "" && !repositories.includes(name)) return { status: 404 };
    if (/^\/orgs\/(?!acme\/)/.test(path)) return { status: 404 };
    if (path === `/repos/${name}`) return { status: 200, value: repository(name) };
    if (path.endsWith("/registration-token") && method === "POST") return { status: 200, value: { token: "r3gister" } };
    if (/\/actions\/runners\/\d+$/.test(path) && method === "DELETE") {
      runners.pop();
      return { status: 204 };
    }
    const [, place = "", id, isTest] = hookPath.exec(path) ?? [];
    if (place === "") return { status: 404 };
    return isTest ? test(place, id) : hookAnswer(method, place, id, body);
  }

  /** The runners' own protocol: the registration token is the credential. */
  function register({ name, token: given }: { name: string; token: string }): Answer {
    if (given !== "r3gister") return { status: 401 };
    runners.push(name);
    return { status: 200, value: { runner: { id: `${runners.length}`, uuid: "u", token: "t", name } } };
  }

  function repository(name: string): unknown {
    return { id: 7, full_name: name, empty: options.empty ?? false, default_branch: "main", has_actions: true };
  }

  function hookAnswer(method: string, place: string, id: string | undefined, body: Record<string, unknown>): Answer {
    const found = hooks.find((hook) => hook.place === place && `${hook.id}` === id);
    if (method === "GET") return { status: 200, value: hooks.filter((hook) => hook.place === place).map(shown) };
    if (method === "POST") {
      const { secret = "", ...config } = body.config as Record<string, string>;
      const hook = { ...(body as unknown as FakeGiteaHook), id: hooks.length + 1, place, secret, config };
      hooks.push(hook);
      return { status: 201, value: shown(hook) };
    }
    if (!found) return { status: 404 };
    if (method === "DELETE") hooks.splice(hooks.indexOf(found), 1);
    else {
      const { secret: _kept, ...config } = { ...found.config, ...(body.config as Record<string, string>) };
      Object.assign(found, body, { config });
    }
    return { status: method === "DELETE" ? 204 : 200, value: shown(found) };
  }

  async function test(place: string, id: string | undefined): Promise<Answer> {
    const found = hooks.find((hook) => hook.place === place && `${hook.id}` === id);
    if (!found) return { status: 404 };
    // The answer does not wait for the delivery.
    if (options.sendsToLoopback ?? true) void deliver(found, place.slice("/repos/".length));
    return { status: 204 };
  }

  const server = createServer(async (request, response) => {
    const path = (request.url ?? "").split("?")[0]?.replace(/^\/api\/v1/, "") ?? "";
    requests.push(`${request.method} ${path}`);
    const body = await textOf(request);
    const isKnown = request.headers.authorization === `token ${token}`;
    const { status, value } = path.endsWith("RunnerService/Register")
      ? register(JSON.parse(body))
      : isKnown
        ? await answer(request.method ?? "", path, body === "" ? {} : JSON.parse(body))
        : { status: 401, value: undefined };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(status === 204 ? undefined : JSON.stringify(value ?? { message: "refused" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hooks,
    runners,
    requests,
    addHook: (hook) => void hooks.push({ ...hook, id: hooks.length + 1 }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function shown({ secret: _secret, place: _place, ...hook }: FakeGiteaHook): unknown {
  return hook;
}

/** Gitea's test delivery: a push of the default branch in which nothing changes. */
async function deliver({ config, secret }: FakeGiteaHook, name: string): Promise<void> {
  const sha = "a".repeat(40);
  const payload = {
    ref: "refs/heads/main",
    before: sha,
    after: sha,
    repository: { id: 7, full_name: name },
    sender: { login: "ada" },
  };
  const body = JSON.stringify(payload, null, 2);
  const headers = {
    "content-type": "application/json",
    "x-gitea-event": "push",
    "x-gitea-delivery": randomUUID(),
    "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex"),
  };
  await fetch(config.url ?? "", { method: "POST", body, headers }).catch(() => undefined);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
