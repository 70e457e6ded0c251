import type { Instant } from "../event.ts";

/** A token of the deploy API, as it is stored: without its secret. */
export interface ApiToken {
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly app: string;
  /** One environment, or a beginning followed by `*`. */
  readonly env: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly revokedAt?: Instant;
}
