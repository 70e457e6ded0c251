import * as z from "zod/mini";
import { type Dialect, parseVersion } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import type { Instant, RepoRef } from "../../core/event.ts";
import { type Answer, type Call, type Http, type HttpWorld, httpClient } from "../http/http-client.ts";

export interface GiteaOptions {
  /** The forge's name in our configuration. */
  readonly name: string;
  /** From our configuration; may hold a path. */
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly world: HttpWorld;
  /** Is a repository of this name one that we serve? Asked before any call that is only for that repository. */
  readonly allows?: (name: string) => boolean;
  /** The label with its schema, as the runner's own file wants it; by default `<label>:host`. */
  readonly runnerLabel?: (label: string) => string;
  /** WORKFLOW_DIRS of that server, where its administrator set it. */
  readonly workflowDirectories?: readonly string[] | undefined;
  /** Told of every single request, for counting. */
  readonly onRequest?: (request: { method: string; path: string }) => void;
}

/** Gitea's REST API, and which version answers it. */
export interface GiteaApi {
  send<T>(call: Call<T>): Promise<Answer<T>>;
  /** Like `send` where no refusal is tolerated. */
  read<T>(call: Omit<Call<T>, "tolerates">): Promise<T>;
  /** A method of the protocol that runners speak, which lies beside the REST API. */
  rpc<T>(method: string, body: unknown, shape: Call<T>["shape"]): Promise<Answer<T>>;
  dialect(): Promise<Dialect & { forge: "gitea" }>;
  version(): Promise<string>;
}

/** An upgraded server is noticed within this time. */
const VERSION_MS = 10 * 60 * 1000;

const Version = z.object({ version: z.string() });

export function giteaApi(options: GiteaOptions): GiteaApi {
  const http: Http = httpClient({
    url: options.url,
    world: options.world,
    credential: { header: async () => `token ${await options.token()}` },
    onRequest: options.onRequest,
  });
  /** The runner protocol carries its own credentials in its messages. */
  const anonymous: Http = httpClient({
    url: options.url,
    world: options.world,
    credential: { header: async () => undefined },
    onRequest: options.onRequest,
  });
  let known: { readonly version: string; readonly until: Instant } | undefined;

  async function send<T>(call: Call<T>): Promise<Answer<T>> {
    return http.send({ ...call, path: `/api/v1${call.path}` });
  }

  async function read<T>(call: Omit<Call<T>, "tolerates">): Promise<T> {
    const answer = await send(call);
    if (answer.kind === "ok") return answer.value;
    throw new Error(`${call.path}: a refusal that nobody tolerates is an error already`);
  }

  async function rpc<T>(method: string, body: unknown, shape: Call<T>["shape"]): Promise<Answer<T>> {
    return anonymous.send({ method: "POST", path: `/api/actions/${method}`, body, shape });
  }

  async function version(): Promise<string> {
    const now = options.world.now();
    if (known && known.until > now) return known.version;
    const answer = await read({ method: "GET", path: "/version", shape: Version });
    known = { version: answer.version, until: now + VERSION_MS };
    return answer.version;
  }

  async function dialect(): Promise<Dialect & { forge: "gitea" }> {
    const parsed = parseVersion(await version());
    if (!parsed) throw new WorldError("the forge tells no version of Gitea's", { retryable: false, status: 200 });
    return { forge: "gitea", version: parsed };
  }

  return { send, read, rpc, dialect, version };
}

/** The two parameters of every path below `/repos/{owner}/{repo}`. */
export function repoParams(name: string): { owner: string; repo: string } {
  const [owner = "", repo = ""] = name.split("/", 2);
  return { owner, repo };
}

/** Ids and names as the API tells them; several answers hold such an object. */
export const GiteaRepository = z.object({
  id: z.union([z.int(), z.string()]),
  full_name: z.string(),
  default_branch: z.optional(z.string()),
});

export function repoRef({ id, full_name }: z.infer<typeof GiteaRepository>): RepoRef {
  return { id: `${id}`, name: full_name };
}
