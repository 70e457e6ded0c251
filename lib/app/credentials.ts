import { type GrantRule, permitGrant } from "../core/deploy/grant.ts";
import type { Asker } from "../core/deploy/policy.ts";
import { hashOf } from "../core/hash.ts";
import { isoOf } from "../core/iso-time.ts";
import type { Facts, Vending, World } from "../core/ports.ts";
import { assignedJob } from "./assigned-job.ts";

export interface GrantWorld extends Pick<World, "clock" | "log" | "runs" | "machineRecords" | "forge"> {
  readonly grants: readonly GrantRule[];
  readonly vending: Vending;
}

export type CredentialsAnswer =
  | { readonly status: 200; readonly body: ProcessCredentials }
  | { readonly status: number; readonly body: { readonly error: string; readonly text: string } };

/**
 * The shape that AWS's own tools take from a `credential_process`.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export interface ProcessCredentials {
  readonly Version: 1;
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** ISO time. */
  readonly Expiration: string;
}

/** A job asks for the AWS rights of a grant. Every answer is written down, a refusal with its reason; keys never are. */
export async function credentials(
  world: GrantWorld,
  bearer: string | undefined,
  grant: string,
): Promise<CredentialsAnswer> {
  const asker = await askerOf(world, bearer);
  const permission = permitGrant(asker, grant, world.grants, world.clock.now());
  if (permission.kind === "refused") {
    const { code, text } = permission.reason;
    world.log.warn("credentials refused", { grant, code, reason: text, ...factsOf(asker) });
    return { status: permission.status, body: { error: code, text } };
  }
  const { instanceId } = asker.kind === "machine" ? asker.machine : { instanceId: "" };
  const keys = await world.vending.vend(grant, `dayfly-${instanceId}`, permission.seconds);
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = keys;
  const Expiration = isoOf(keys.expiresAt);
  // The id of a key is no secret: AWS's audit trail names each call by it.
  world.log.info("credentials handed out", {
    grant,
    keyId: AccessKeyId,
    seconds: permission.seconds,
    ...factsOf(asker),
  });
  return { status: 200, body: { Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration } };
}

async function askerOf(world: GrantWorld, bearer: string | undefined): Promise<Asker> {
  const machine = bearer === undefined ? undefined : await world.machineRecords.byToken(hashOf([bearer]));
  return machine ? { kind: "machine", machine, job: await assignedJob(world, machine) } : { kind: "nobody" };
}

function factsOf(asker: Asker): Facts {
  if (asker.kind !== "machine") return {};
  const { machine, job } = asker;
  const ofMachine = { instanceId: machine.instanceId, runner: machine.runnerName, repo: machine.repo };
  if (typeof job === "string") return { ...ofMachine, job };
  return { ...ofMachine, job: job.jobName, jobId: job.jobId, event: job.event, ref: job.ref, sha: job.headSha };
}
