import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { accessFailure } from "../../aws/access-failure.ts";
import { requestLimits } from "../../aws/request-limits.ts";
import { findStack } from "../../aws/stack-outputs.ts";
import { ssmTargetNodes } from "../../aws/target-nodes.ts";
import type { TargetNodes } from "../../core/deploy/target-nodes.ts";
import { CommandError } from "../command.ts";

/** What joining a host needs of AWS. */
export interface TargetsWorld {
  readonly nodes: TargetNodes;
  readonly region: string;
  /** Name of the role that hosts elsewhere get; undefined where the stack makes none. */
  readonly role: string | undefined;
}

/** With the caller's own credentials. */
export async function withTargets<T>(
  { stack, region }: { readonly stack: string; readonly region?: string },
  act: (world: TargetsWorld) => Promise<T>,
): Promise<T> {
  const settings = { ...(region !== undefined && { region }), maxAttempts: 3, requestHandler: requestLimits(10_000) };
  const clients = {
    formation: new CloudFormationClient(settings),
    ssm: new SSMClient(settings),
    ec2: new EC2Client(settings),
  };
  try {
    const found = await findStack(clients.formation, stack);
    if (!found) throw noStack(stack);
    const nodes = ssmTargetNodes(clients.ssm, clients.ec2);
    return await act({ nodes, region: await clients.ssm.config.region(), role: found.outputs.get("TargetRole") });
  } catch (error) {
    const failure = accessFailure(error);
    if (error instanceof CommandError || !failure) throw error;
    const where = `stack ${stack}${region === undefined ? "" : ` in ${region}`}`;
    throw new CommandError(failure.text, { where, remedy: failure.cure, exitCode: 3, cause: error });
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

function noStack(stack: string): CommandError {
  return new CommandError(`there is no stack ${stack}`, {
    where: "the account and region of your AWS settings",
    remedy: "Check --stack, --region and AWS_PROFILE.",
    exitCode: 2,
  });
}
