import { WorldError } from "../../core/errors.ts";

/** What came of one request. `lost`: nobody knows whether it had its effect. */
export type Answered =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: "lost"; readonly timedOut: boolean; readonly cause: unknown };

const FIRST_WAIT_MS = 500;
const LIMITED_WAIT_MS = 60_000;

/**
 * How long to wait before asking again; undefined where asking again is useless.
 *
 * The forge's own wish comes first: Retry-After (seconds or a date), then GitHub's x-ratelimit-reset. A limit without any
 * wish takes a minute, as GitHub asks; everything else takes full jitter below a doubling bound.
 */
export function retryDelayMs(
  answered: Answered,
  attempt: number,
  { now, fraction }: { now: number; fraction: number },
): number | undefined {
  const jittered = Math.ceil(fraction * FIRST_WAIT_MS * 2 ** attempt);
  if (answered.kind === "lost") return jittered;
  const { status, headers } = answered;
  const limited = isLimited(answered);
  if (!limited && status < 500) return undefined;
  const wish = retryAfterMs(headers.get("retry-after"), now) ?? (limited ? untilResetMs(headers, now) : undefined);
  if (wish !== undefined) return wish + jittered;
  return limited ? LIMITED_WAIT_MS + jittered : jittered;
}

/** GitHub tells some of its limits as 403. */
function isLimited({ status, headers }: { status: number; headers: Headers }): boolean {
  if (status === 429) return true;
  return status === 403 && (headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0");
}

function retryAfterMs(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function untilResetMs(headers: Headers, now: number): number | undefined {
  const reset = headers.get("x-ratelimit-reset");
  if (reset === null || !/^\d{1,12}$/.test(reset) || headers.get("x-ratelimit-remaining") !== "0") return undefined;
  return Math.max(0, Number(reset) * 1000 - now);
}

/** One sentence for the operator: what was asked, what came, what to do. Never a header, a body or a query. */
export function failure(
  call: { readonly method: string; readonly path: string; readonly params?: Readonly<Record<string, string>> },
  answered: Answered,
  delayMs: number | undefined,
): WorldError {
  const asked = `${call.method} ${call.path}${of(call.params)}`;
  const text = answered.kind === "lost" ? lost(answered.timedOut) : meaning(answered);
  return new WorldError(`${asked}: ${text}`, {
    retryable: delayMs !== undefined,
    ...(answered.kind === "lost" ? { cause: answered.cause } : { status: answered.status }),
    ...(delayMs === undefined ? {} : { retryAfterSeconds: Math.ceil(delayMs / 1000) }),
  });
}

function of(params: Readonly<Record<string, string>> = {}): string {
  const { owner, repo } = params;
  return owner !== undefined && repo !== undefined ? ` of ${owner}/${repo}` : "";
}

function lost(timedOut: boolean): string {
  return timedOut ? "the forge did not answer in time" : "the forge could not be reached";
}

function meaning(answer: { readonly status: number; readonly headers: Headers }): string {
  const { status } = answer;
  if (status >= 300 && status < 400) return `the forge redirects (${status}); set its url to where it really is`;
  if (status === 401) return "the forge refuses our token (401): it is wrong, expired or revoked";
  if (isLimited(answer)) return `the forge limits our requests (${status})`;
  if (status === 403) return "our token may not do this (403): it lacks a scope or a right";
  if (status === 404) return "not there, or our token may not see it (404)";
  if (status >= 500) return `the forge failed (${status})`;
  return `the forge refuses this request (${status})`;
}
