import { createVerify, generateKeyPairSync } from "node:crypto";
import type { ScratchRepository } from "../scratch-repository.ts";
import { answerQuery } from "./graphql.ts";
import { knownNames, type Operation, operationOf, problemsOf, sampleOf } from "./openapi.ts";
import { type Answering, type GithubState, newState, routes } from "./routes.ts";

export interface FakeGithub {
  readonly fetch: typeof fetch;
  readonly state: GithubState;
  /** `GET /repos/{owner}/{repo}` of every request that came, in order. */
  readonly requests: readonly string[];
  /** Whatever a request or an answer had that GitHub's own description does not allow. */
  readonly problems: readonly string[];
  /** The App's private key in PEM. */
  readonly appKey: string;
}

/** The App's; making one takes a tenth of a second. */
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const FAKE_TOKEN = "fake-user-token";
export const FAKE_APP = "4711";

export interface FakeGithubOptions {
  /** Prefix of the REST API: `/api/v3` on Enterprise Server. */
  readonly rest?: string;
  readonly graphql?: string;
  readonly now?: () => number;
}

/**
 * A GitHub with one repository, `acme/shop`, in front of a real git repository.
 *
 * Every request is checked against GitHub's OpenAPI description and GraphQL schema, and so is every answer that it gives:
 * what passes here has the form that GitHub documents.
 */
export function fakeGithub(scratch: ScratchRepository, options: FakeGithubOptions = {}): FakeGithub {
  const { rest = "", graphql = "/graphql", now = () => 0 } = options;
  const appKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const state = newState(appKey);
  const requests: string[] = [];
  const problems: string[] = [];
  const fakeFetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    const caller = callerOf(headers.get("authorization") ?? "", state, (text, signature) => {
      const verified = createVerify("RSA-SHA256").update(text).verify(publicKey, signature, "base64url");
      return verified && isCurrent(text, now());
    });
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
    if (url.pathname === graphql) {
      requests.push("POST /graphql");
      return json(200, await answerQuery(scratch, body, problems));
    }
    const found = operationOf(init?.method ?? "GET", url.pathname.slice(rest.length));
    if (!found || !url.pathname.startsWith(rest)) {
      problems.push(`GitHub describes no ${init?.method} ${url.pathname}`);
      return json(404, {});
    }
    const { operation, params } = found;
    requests.push(operation.name);
    problems.push(...requestProblems(operation, url.searchParams, body));
    if (caller === "nobody" && !unsigned.has(operation.name)) return json(401, {});
    const route = routes[operation.name];
    if (!route) throw new Error(`the fake has no route for ${operation.name}`);
    const answer = await route({ state, scratch, params, query: url.searchParams, body, caller, now: now() });
    return described(operation, answer, problems);
  };
  return { fetch: fakeFetch, state, requests, problems, appKey };
}

/** Needs no credential: the code in its path is one. */
const unsigned = new Set(["POST /app-manifests/{code}/conversions"]);

export type Caller = "user" | "app" | "installation" | "nobody";

function callerOf(
  authorization: string,
  state: GithubState,
  verify: (text: string, signature: string) => boolean,
): Caller {
  const token = authorization.replace(/^Bearer /, "");
  if (token === FAKE_TOKEN) return "user";
  if (state.installationTokens.has(token)) return "installation";
  const [header, claims, signature] = token.split(".");
  return header && claims && signature && verify(`${header}.${claims}`, signature) ? "app" : "nobody";
}

/** GitHub's rule for an App's token: issued in the past, ending within ten minutes. */
function isCurrent(signed: string, now: number): boolean {
  const claims = JSON.parse(Buffer.from(signed.split(".")[1] ?? "", "base64url").toString("utf8")) as Record<
    string,
    unknown
  >;
  const { iat, exp, iss } = claims;
  const seconds = now / 1000;
  return Number(iat) <= seconds && Number(exp) > seconds && Number(exp) - seconds <= 600 && iss === FAKE_APP;
}

function requestProblems(operation: Operation, query: URLSearchParams, body: unknown): string[] {
  const problems: string[] = [];
  for (const [name, value] of query) {
    const known = operation.parameters.find((parameter) => parameter.in === "query" && parameter.name === name);
    if (!known) problems.push(`${operation.name}: GitHub knows no query ${name}`);
    else if (known.schema?.enum && !known.schema.enum.includes(value))
      problems.push(`${operation.name}: ${name}=${value}`);
  }
  if (body === undefined) return operation.bodyRequired ? [...problems, `${operation.name}: lacks a body`] : problems;
  if (!operation.body) return [...problems, `${operation.name}: takes no body`];
  problems.push(...problemsOf(body, operation.body).map((problem) => `${operation.name}: ${problem}`));
  const known = knownNames(operation.body);
  for (const name of Object.keys(body as object)) {
    if (!known.includes(name)) problems.push(`${operation.name}: GitHub knows no field ${name}`);
  }
  return problems;
}

/** Fills an answer up to what GitHub describes, and notes where it is not that even then. */
function described(operation: Operation, { status, value }: Answering, problems: string[]): Response {
  if (status >= 300) return json(status, { message: "refused" });
  const shape = operation.answers[`${status}`];
  if (shape === undefined) problems.push(`${operation.name}: GitHub describes no status ${status}`);
  if (!shape) return new Response(null, { status });
  const full = fill(sampleOf(shape), value);
  problems.push(...problemsOf(full, shape).map((problem) => `answer of ${operation.name}: ${problem}`));
  return json(status, full);
}

function fill(sample: unknown, value: unknown): unknown {
  if (Array.isArray(value) || value === null || typeof value !== "object") return value ?? sample;
  if (typeof sample !== "object" || sample === null) return value;
  const filled: Record<string, unknown> = { ...sample };
  for (const [name, inner] of Object.entries(value)) filled[name] = fill(filled[name], inner);
  return filled;
}

function json(status: number, value: unknown): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });
}
