import { Stack } from "aws-cdk-lib";
import type { IHttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/**
 * The role of machines: it may ask the runner API what it is for, say how it ended and fetch the `dayfly` command, nothing else. Whoever runs code on a
 * machine holds this role, so it is worth nothing. `debug` adds what a shell through Session Manager needs.
 */
export class RunnerRole extends Construct {
  readonly role: iam.Role;
  readonly profile: iam.CfnInstanceProfile;

  constructor(scope: Construct, id: string, props: { readonly api: IHttpApi; readonly debug: boolean }) {
    super(scope, id);
    // Nobody else: any other caller could choose a session name that looks like an instance.
    this.role = new iam.Role(this, "Role", { assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com") });
    this.profile = new iam.CfnInstanceProfile(this, "Profile", { roles: [this.role.roleName] });
    const call = (path: string) =>
      Stack.of(this).formatArn({
        service: "execute-api",
        resource: props.api.apiId,
        resourceName: `$default/POST/runner/${path}`,
      });
    this.allow(["execute-api:Invoke"], [call("claim"), call("exit"), call("command")]);
    if (props.debug) this.openShell();
  }

  /** AmazonSSMManagedInstanceCore would read every parameter of the account. */
  private openShell(): void {
    this.allow(
      [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      ["*"],
    );
    this.role.addToPolicy(
      new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ["ssm:GetParameter*"], resources: ["*"] }),
    );
  }

  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    const statement = { actions: [...actions], resources: [...resources], ...(conditions && { conditions }) };
    this.role.addToPolicy(new iam.PolicyStatement(statement));
  }
}

type Conditions = Record<string, Record<string, string | string[]>>;
