import type { Headers } from "./webhook-request.ts";

/** HMAC-SHA256 as lower-case hex. Core stays free of node:crypto, so whoever calls brings it. */
export type HmacSha256 = (secret: string, message: Uint8Array | string) => string;

export interface SignedRequest {
  readonly headers: Headers;
  /** The bytes as they came, never a re-serialised JSON. */
  readonly body: Uint8Array;
}

/** `missing` and `malformed` are told apart for the operator's log; the sender hears the same of all three. */
export type SignatureVerdict = "valid" | "missing" | "malformed" | "wrong";

/**
 * Is this request signed by one of our secrets?
 *
 * Both forges send `X-Hub-Signature-256: sha256=<hex>`; Gitea repeats the digest bare in `X-Gitea-Signature`. All signatures that are
 * there must be well formed and say the same: a second one, or an empty one as Gitea sends without a secret, is refused.
 * The legacy SHA-1 header counts for nothing.
 *
 * @param secrets the current one and, while it is being changed, the previous one; an empty secret never verifies
 */
export function checkSignature(request: SignedRequest, secrets: readonly string[], hmac: HmacSha256): SignatureVerdict {
  const hub = request.headers["x-hub-signature-256"];
  const bare = request.headers["x-gitea-signature"];
  if (hub === undefined && bare === undefined) return "missing";

  const digest = hub === undefined ? bare : /^sha256=(.*)$/.exec(hub)?.[1];
  if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest)) return "malformed";
  if (bare !== undefined && bare !== digest) return "malformed";

  let valid = false;
  for (const secret of secrets) {
    if (secret !== "" && equal(secret, hmac(secret, request.body), digest, hmac)) valid = true;
  }
  return valid ? "valid" : "wrong";
}

/** Compares digests of the digests: how long `===` takes then tells nothing about either, since the sender cannot choose them. */
function equal(secret: string, expected: string, given: string, hmac: HmacSha256): boolean {
  return hmac(secret, expected) === hmac(secret, given);
}
