import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { targetTag } from "../aws/launch-tags.ts";
import type { ConfigFile } from "../core/config/config-file.ts";
import type { DeployDocuments } from "./deploy-documents.ts";

interface Grantee extends Construct {
  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void;
}
type Conditions = Record<string, Record<string, string | string[]>>;

/**
 * Two fences, because IAM judges document and host as two resources: our documents and no other, to the hosts that dayfly.yaml
 * names and that carry our tag, and no other. There is no right to write, share or re-default a document.
 */
export function allowSend(grantee: Grantee, { targets }: ConfigFile, documents: DeployDocuments): void {
  const stack = Stack.of(grantee);
  const hosts = targets.flatMap(({ id }) => (id === undefined ? [] : [hostArn(stack, id)]));
  if (hosts.length === 0) return;
  grantee.allow(["ssm:SendCommand"], documents.arns);
  grantee.allow(["ssm:SendCommand"], hosts, { StringEquals: { [`ssm:resourceTag/${targetTag}`]: stack.stackName } });
  // Run Command's questions know no resources; no output of ours holds a secret.
  grantee.allow(["ssm:GetCommandInvocation", "ssm:ListCommands"], ["*"]);
}

function hostArn(stack: Stack, id: string): string {
  return id.startsWith("mi-")
    ? stack.formatArn({ service: "ssm", resource: "managed-instance", resourceName: id })
    : stack.formatArn({ service: "ec2", resource: "instance", resourceName: id });
}
