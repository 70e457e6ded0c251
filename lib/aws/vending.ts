import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import { UserError, WorldError } from "../core/errors.ts";
import type { Vending } from "../core/ports.ts";

/** Sessions of the stack's roles, one role for each grant. @param roles ARN of the role by the grant's name */
export function stsVending(sts: STSClient, roles: ReadonlyMap<string, string>): Vending {
  return {
    async vend(grant, session, seconds) {
      const RoleArn = roles.get(grant);
      if (RoleArn === undefined) throw new UserError(`grant ${grant} has no role in this stack: deploy it again`);
      const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: session, DurationSeconds: seconds });
      const { Credentials: keys } = await sts.send(assume).catch((error: unknown) => {
        // Not the message: it can repeat what was sent.
        const code = error instanceof Error ? error.name : "unknown";
        throw new WorldError(`sts AssumeRole for grant ${grant}: ${code}`, { retryable: code !== "AccessDenied" });
      });
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = keys ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
        throw new WorldError(`sts AssumeRole for grant ${grant}: an answer without keys`, { retryable: true });
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiresAt: Expiration.getTime(),
      };
    },
  };
}
