import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";

export interface DeployedStack {
  /** As CloudFormation says it: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: ReadonlyMap<string, string>;
}

/** A stack of the account and region; undefined where there is none of that name. */
export async function findStack(client: CloudFormationClient, name: string): Promise<DeployedStack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks;
    if (!stack) return undefined;
    const outputs = (stack.Outputs ?? []).map((output) => [output.OutputKey ?? "", output.OutputValue ?? ""] as const);
    return { status: stack.StackStatus ?? "", outputs: new Map(outputs) };
  } catch (error) {
    // CloudFormation has no word of its own for it.
    if (error instanceof Error && error.name === "ValidationError" && /does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}
