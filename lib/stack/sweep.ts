import { Duration } from "aws-cdk-lib";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { ControlFunction, type ControlPlane } from "./control-function.ts";
import { allowLaunch } from "./launch-rights.ts";

/** The level that makes up for every lost edge: every five minutes, one pass over all open work. */
export class Sweep extends ControlFunction {
  constructor(scope: Construct, id: string, plane: ControlPlane, runnerRoles: readonly IRole[]) {
    super(scope, id, plane, { entry: "control.ts", handler: "sweep", timeout: Duration.seconds(300) });
    this.allowTerminate();
    // It reads them for a row each, and leaves them there.
    this.allow(["sqs:ReceiveMessage"], [plane.messages.deadLetters.queueArn]);
    allowLaunch(this, plane, runnerRoles);
    // A failed pass is not repeated: the next one comes by itself.
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) });
    const rule = new events.Rule(this, "EveryFiveMinutes", { schedule: events.Schedule.rate(Duration.minutes(5)) });
    rule.addTarget(
      new targets.LambdaFunction(this.function, {
        event: events.RuleTargetInput.fromObject({ action: "cleanup" }),
        retryAttempts: 0,
      }),
    );
  }
}
