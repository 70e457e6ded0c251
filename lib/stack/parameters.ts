import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** ARNs of SSM parameters by their names; what is not configured is left out. */
export function parameterArns(scope: Construct, names: readonly (string | undefined)[]): readonly string[] {
  const found = new Set(names.filter((name) => name !== undefined));
  return [...found].map((name) =>
    Stack.of(scope).formatArn({ service: "ssm", resource: "parameter", resourceName: name.replace(/^\//, "") }),
  );
}
