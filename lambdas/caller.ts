import type { Caller } from "../lib/app/claim.ts";

/**
 * Which machine calls: `arn:aws:sts::123456789012:assumed-role/<role>/i-0123456789abcdef0`.
 *
 * For an instance profile the session's name is the instance id. Whoever may assume another role can choose such a name,
 * so only the exact roles of machines count, and nobody but EC2 can assume those. Another account may have a role of the
 * same name.
 *
 * @param roles ARNs of the machines' roles
 */
export function callerOf(userArn: string | undefined, roles: readonly string[]): Caller | undefined {
  const found = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/(i-[0-9a-f]{8,17})$/.exec(userArn ?? "");
  const [, partition, account, role, instanceId = ""] = found ?? [];
  return roles.includes(`arn:${partition}:iam::${account}:role/${role}`) ? { instanceId } : undefined;
}
