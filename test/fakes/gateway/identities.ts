import { randomBytes } from "node:crypto";
import type { Clock } from "../../../lib/core/ports.ts";
import type { Identity } from "./signature.ts";

/** Gives out keys as STS does: to whoever the test says, under the session name that it says. */
export interface Identities {
  /** Keys of a role's session that are good for six hours. */
  assume(role: string, session: string): Identity;
  find(accessKeyId: string): Identity | undefined;
}

export const accountId = "123456789012";
const lifetime = 6 * 3600_000;

export function identities(clock: Clock): Identities {
  const known = new Map<string, Identity>();
  return {
    assume(role, session) {
      const identity = {
        accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
        // Real ones hold slashes and plus signs.
        secretAccessKey: `${randomBytes(27).toString("base64")}/+`,
        sessionToken: randomBytes(60).toString("base64"),
        arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
        expiresAt: clock.now() + lifetime,
      };
      known.set(identity.accessKeyId, identity);
      return identity;
    },
    find: (accessKeyId) => known.get(accessKeyId),
  };
}
