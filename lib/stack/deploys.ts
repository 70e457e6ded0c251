import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { documentName } from "../aws/deploy-documents.ts";
import { BundleBucket } from "./bundle-bucket.ts";
import { ControlFunction, type ControlPlane } from "./control-function.ts";
import { DeployDocuments } from "./deploy-documents.ts";
import type { HttpDoor } from "./http-door.ts";
import type { RunnerRole } from "./runner-role.ts";
import { allowSend } from "./send-rights.ts";
import { TargetRole } from "./target-role.ts";

export interface DeploysProps {
  readonly plane: ControlPlane;
  readonly door: HttpDoor;
  /** They move deploys on: by message and by schedule. */
  readonly movers: readonly ControlFunction[];
  /** Hears of commands that have ended. */
  readonly listener: ControlFunction;
  /** Machines that may go past the deploy API: `direct: true`. */
  readonly direct: readonly RunnerRole[];
}

/** Deploys: who asks is answered at `/api/…`, who acts may send our two documents to our targets. */
export class Deploys extends Construct {
  readonly api: ControlFunction;

  constructor(scope: Construct, id: string, { plane, door, movers, listener, direct }: DeploysProps) {
    super(scope, id);
    const documents = new DeployDocuments(this, "Documents");
    this.api = new ControlFunction(this, "Api", plane, { entry: "deploy-api.ts", timeout: Duration.seconds(28) });
    for (const sender of [this.api, ...movers, ...direct]) allowSend(sender, plane.config, documents);
    for (const role of direct) role.allow(["ec2:DescribeInstances"], ["*"]);
    door.add({
      path: "/api/{proxy+}",
      methods: [HttpMethod.GET, HttpMethod.POST],
      receiver: this.api.function,
      callers: "open",
      perSecond: 20,
      burst: 50,
    });
    this.listen(listener);
    if (plane.config.apps.some(({ bundle }) => bundle)) {
      const bundles = new BundleBucket(this, "Bundles");
      for (const reader of [this.api, ...movers]) bundles.allowRead(reader);
      bundles.allowWrite(this.api);
    }
    const { role } = new TargetRole(this, "Target");
    // Under this very name `dayfly targets add` looks for it.
    new CfnOutput(Stack.of(this), "TargetRole", { value: role.roleName });
    // Likewise `--stack` of the deploy commands.
    new CfnOutput(Stack.of(this), "DeployApi", { value: this.api.function.functionName });
    new CfnOutput(this, "Address", { value: `${door.address}/api/` });
  }

  /** A hint: SSM sends it as well as it can, without exit code or output. Wake-ups and the sweep do without. */
  private listen(listener: ControlFunction): void {
    const { stackName } = Stack.of(this);
    const rule = new events.Rule(this, "CommandEnded", {
      eventPattern: {
        source: ["aws.ssm"],
        detailType: ["EC2 Command Status-change Notification"],
        detail: {
          "document-name": [documentName(stackName, "deploy")],
          status: ["Success", "Failed", "TimedOut", "Cancelled"],
        },
      },
    });
    rule.addTarget(
      new targets.LambdaFunction(listener.function, { retryAttempts: 2, maxEventAge: Duration.minutes(15) }),
    );
  }
}
