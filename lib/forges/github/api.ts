import * as z from "zod/mini";
import { UserError, WorldError } from "../../core/errors.ts";
import { type Answer, type Call, type Credential, httpClient } from "../http/http-client.ts";
import { type AppCredentials, appCredentials } from "./app-token.ts";
import { baseOf, headers } from "./base.ts";
import type { GithubOptions } from "./options.ts";

/** One repository, or the App, as the caller of the API. */
export interface GithubClient {
  send<T>(call: Call<T>): Promise<Answer<T>>;
  /** Like `send` where no refusal is tolerated. */
  read<T>(call: Omit<Call<T>, "tolerates">): Promise<T>;
  /** @throws WorldError for every error that the answer names */
  query<T>(query: string, variables: Readonly<Record<string, string>>, shape: z.ZodMiniType<T>): Promise<T>;
}

export interface GithubApi {
  of(repo: string): GithubClient;
  /** Undefined with a token: there is no App then. */
  readonly app: GithubClient | undefined;
  /** A token that reads one repository; undefined with a token, which cannot be narrowed. */
  readonly readToken?: AppCredentials["readToken"];
  /** The token's owner; an App has none. */
  readonly user: GithubClient | undefined;
}

export function githubApi(options: GithubOptions): GithubApi {
  const { auth } = options;
  if (auth.kind === "token") {
    const user = githubClient(options, { header: async () => `Bearer ${await auth.token()}` });
    return { of: () => user, app: undefined, user };
  }
  const credentials: AppCredentials = appCredentials(options, auth);
  const clients = new Map<string, GithubClient>();
  return {
    app: githubClient(options, credentials.app),
    readToken: credentials.readToken,
    user: undefined,
    of(repo) {
      const made = clients.get(repo) ?? githubClient(options, credentials.of(repo));
      clients.set(repo, made);
      return made;
    },
  };
}

const GraphqlErrors = z.array(z.object({ type: z.nullish(z.string()) }));

export function githubClient(options: GithubOptions, credential: Credential): GithubClient {
  const base = baseOf(options.url);
  const { world, onRequest } = options;
  const http = httpClient({ url: base.url, credential, world, headers, onRequest });

  async function send<T>(call: Call<T>): Promise<Answer<T>> {
    return http.send({ ...call, path: `${base.rest}${call.path}` });
  }

  return {
    send,
    async read(call) {
      const answer = await send(call);
      if (answer.kind === "ok") return answer.value;
      throw new Error(`${call.path}: a refusal that nobody tolerates is an error already`);
    },
    async query(query, variables, shape) {
      const answer = await http.send({
        method: "POST",
        path: base.graphql,
        body: { query, variables },
        // A query changes nothing.
        repeatable: true,
        shape: z.object({ data: z.optional(z.unknown()), errors: z.optional(GraphqlErrors) }),
      });
      if (answer.kind !== "ok") throw new Error("no refusal is tolerated");
      const { data, errors } = answer.value;
      if (errors && errors.length > 0) throw graphqlFailure(errors[0]?.type ?? "");
      const parsed = shape.safeParse(data);
      if (parsed.success) return parsed.data;
      const place = parsed.error.issues[0]?.path.map(String).join(".") || "the answer";
      throw new WorldError(`${base.graphql}: ${place} is not what GitHub documents`, { retryable: false });
    },
  };
}

function graphqlFailure(type: string): Error {
  if (type === "NOT_FOUND") return new WorldError("not there, or our token may not see it", { retryable: false });
  if (type === "FORBIDDEN" || type === "INSUFFICIENT_SCOPES") {
    return new WorldError("our token may not do this: it lacks a scope or a right", { retryable: false });
  }
  if (type === "RATE_LIMITED") {
    return new WorldError("the forge limits our requests", { retryable: true, retryAfterSeconds: 60 });
  }
  return new WorldError(`the forge cannot answer this query (${/^\w{1,40}$/.test(type) ? type : "no reason"})`, {
    retryable: true,
  });
}

/** The two parameters of every path below `/repos/{owner}/{repo}`. */
export function repoParams(name: string): { owner: string; repo: string } {
  const [owner, repo] = name.split("/", 2);
  if (!owner || !repo) throw new UserError("a repository of GitHub is named owner/name");
  return { owner, repo };
}
