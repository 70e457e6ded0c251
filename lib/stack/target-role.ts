import { Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/**
 * What a host elsewhere may do once `dayfly targets add` has joined it: be a node of Systems Manager, and read the secrets that are
 * there for targets. AmazonSSMManagedInstanceCore would read every parameter of the account, and no right here can change a tag.
 */
export class TargetRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { account, stackName } = Stack.of(this);
    this.role = new iam.Role(this, "Role", {
      assumedBy: new iam.ServicePrincipal("ssm.amazonaws.com", {
        conditions: {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": Stack.of(this).formatArn({ service: "ssm", resource: "*" }) },
        },
      }),
    });
    this.allow(
      [
        "ec2messages:AcknowledgeMessage",
        "ec2messages:DeleteMessage",
        "ec2messages:FailMessage",
        "ec2messages:GetEndpoint",
        "ec2messages:GetMessages",
        "ec2messages:SendReply",
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      // The agent's calls know no resources.
      ["*"],
    );
    const secrets = { service: "ssm", resource: "parameter", resourceName: `${stackName}/targets/*` };
    this.allow(["ssm:GetParameter"], [Stack.of(this).formatArn(secrets)]);
  }

  private allow(actions: string[], resources: string[]): void {
    this.role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
  }
}
