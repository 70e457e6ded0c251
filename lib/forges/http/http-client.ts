import * as z from "zod/mini";
import { WorldError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { type Answered, failure, retryDelayMs } from "./failure.ts";
import { readBody } from "./read-body.ts";
import { urlOf } from "./url-of.ts";

/** What a client needs of the world; a test brings its own. */
export interface HttpWorld {
  readonly fetch: typeof fetch;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Uniform in [0, 1), for jitter. */
  fraction(): number;
}

/** The credential that goes to our own forge and nowhere else. */
export interface Credential {
  /** Value of the Authorization header; undefined: ask without one. */
  header(): Promise<string | undefined>;
  /** The forge refused it: get a new one for the next call. Absent where there is no other. */
  readonly forget?: () => void;
}

export interface HttpOptions {
  /** From our configuration: `https://git.example.com` or, below a path, `https://example.com/git`. */
  readonly url: string;
  readonly credential: Credential;
  readonly world: HttpWorld;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits?: Partial<HttpLimits>;
  /** Told of every single request, for counting. */
  readonly onRequest?: (request: { method: string; path: string }) => void;
}

export interface HttpLimits {
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Requests of one call, the first one included. */
  readonly attempts: number;
  /** Longest wait between two requests; where the forge asks for more, the call fails and the queue waits instead. */
  readonly maxWaitMs: number;
}

const usualLimits: HttpLimits = {
  timeoutMs: 10_000,
  maxBytes: 16 * 1024 * 1024,
  attempts: 4,
  maxWaitMs: 15_000,
};

export interface Call<T> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Template below the configured url: `/repos/{owner}/{repo}/hooks`. Never a URL, and never one that a forge handed to us. */
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  readonly shape: z.ZodMiniType<T>;
  /** Statuses that are an answer rather than a failure, such as 404. */
  readonly tolerates?: readonly number[];
  /** May it be sent twice when nobody knows whether the first had its effect? By default all but POST. */
  readonly repeatable?: boolean;
}

export type Answer<T> =
  | { readonly kind: "ok"; readonly value: T; readonly headers: Headers }
  | { readonly kind: "refused"; readonly status: number };

export interface Http {
  /** @throws WorldError for every status that the call does not tolerate, and when the forge cannot be reached */
  send<T>(call: Call<T>): Promise<Answer<T>>;
}

/** An answer whose body nobody looks at. */
export const nothing = z.unknown();

/**
 * One client for all forges: a call names a path of the configured origin, and nothing that a forge answers can change where it goes.
 *
 * Redirects are failures. 5xx, 429 and lost connections are tried again with full jitter, as long as the forge itself asks for and no
 * longer than `maxWaitMs`. Integers above 2^53 come as strings.
 */
export function httpClient(options: HttpOptions): Http {
  const limits = { ...usualLimits, ...options.limits };
  const { world, credential } = options;

  async function send<T>(call: Call<T>): Promise<Answer<T>> {
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const answered = await once(call);
      if (answered.kind === "answer" && answered.status < 300) return decode(call, answered);
      if (answered.kind === "answer" && call.tolerates?.includes(answered.status)) {
        return { kind: "refused", status: answered.status };
      }
      if (answered.kind === "answer" && answered.status === 401 && credential.forget && !renewed) {
        credential.forget();
        renewed = true;
        continue;
      }
      const delay = retryDelayMs(answered, attempt, { now: world.now(), fraction: world.fraction() });
      const mayRepeat = attempt < limits.attempts && delay !== undefined && delay <= limits.maxWaitMs;
      if (!mayRepeat || !(repeatable(call) || harmless(answered))) throw failure(call, answered, delay);
      await world.sleep(delay);
    }
  }

  async function once(call: Call<unknown>): Promise<Answered> {
    const url = urlOf(options.url, call);
    const authorization = await credential.header();
    const signal = AbortSignal.timeout(limits.timeoutMs);
    options.onRequest?.({ method: call.method, path: call.path });
    try {
      const response = await world.fetch(url, {
        method: call.method,
        redirect: "manual",
        signal,
        headers: {
          accept: "application/json",
          "user-agent": "dayfly",
          ...options.headers,
          ...(authorization === undefined ? {} : { authorization }),
          ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      const text = await readBody(response, limits.maxBytes);
      return { kind: "answer", status: response.status, headers: response.headers, text };
    } catch (error) {
      if (error instanceof WorldError) throw error;
      return { kind: "lost", timedOut: signal.aborted, cause: error };
    }
  }

  return { send };
}

function repeatable(call: Call<unknown>): boolean {
  return call.repeatable ?? call.method !== "POST";
}

/** The forge said that it did nothing. */
function harmless(answered: Answered): boolean {
  return answered.kind === "answer" && (answered.status === 429 || answered.status === 403);
}

function decode<T>(call: Call<T>, { text, headers, status }: Extract<Answered, { kind: "answer" }>): Answer<T> {
  const json = text === "" ? null : parseJson(text);
  if (json === undefined && call.shape !== nothing) {
    const type = headers.get("content-type")?.split(";")[0] ?? "no content type";
    throw new WorldError(`${call.method} ${call.path}: the forge answered with ${printable(type)}, not with JSON`, {
      retryable: true,
      status,
    });
  }
  const parsed = call.shape.safeParse(json);
  if (parsed.success) return { kind: "ok", value: parsed.data, headers };
  const place = parsed.error.issues[0]?.path.map(String).join(".") || "the answer";
  throw new WorldError(`${call.method} ${call.path}: ${printable(place)} is not what this forge documents`, {
    retryable: false,
    status,
  });
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
