import { createHash, createHmac } from "node:crypto";

/**
 * SHA-256 over a list of strings, as hex. Each part is preceded by its length, so `["ab", "c"]` and `["a", "bc"]` differ:
 * parts are foreign text and may hold any separator.
 */
export function hashOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}

/** HMAC-SHA256 as lower-case hex, over the bytes as they are. */
export function hmacSha256(secret: string, message: Uint8Array | string): string {
  return createHmac("sha256", secret).update(message).digest("hex");
}
