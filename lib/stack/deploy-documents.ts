import { Stack } from "aws-cdk-lib";
import { CfnDocument } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { type CommandDocument, deployDocument, documentName, inspectDocument } from "../aws/deploy-documents.ts";

/**
 * What may be said to a target, as two documents that never change: another content gets another name, so a right to send
 * one of them is a right to these very words.
 */
export class DeployDocuments extends Construct {
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.arns = [this.document("deploy", deployDocument), this.document("inspect", inspectDocument)];
  }

  private document(kind: "deploy" | "inspect", content: CommandDocument): string {
    const stack = Stack.of(this);
    const name = documentName(stack.stackName, kind);
    new CfnDocument(this, kind, { name, content, documentType: "Command", documentFormat: "JSON" });
    return stack.formatArn({ service: "ssm", resource: "document", resourceName: name });
  }
}
