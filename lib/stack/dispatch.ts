import { Duration } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { ControlFunction, type ControlPlane } from "./control-function.ts";
import { allowLaunch } from "./launch-rights.ts";

/** Takes messages from the queue: events become rows, rows become launches. */
export class Dispatch extends ControlFunction {
  static readonly timeout = Duration.seconds(60);

  constructor(scope: Construct, id: string, plane: ControlPlane, runnerRoles: readonly IRole[]) {
    super(scope, id, plane, { entry: "control.ts", handler: "dispatch", timeout: Dispatch.timeout });
    const { queue, deadLetters } = plane.messages;
    this.allow(
      ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
      [queue.queueArn],
    );
    this.allow(["sqs:SendMessage"], [deadLetters.queueArn]);
    this.allowTerminate();
    allowLaunch(this, plane, runnerRoles);
    new EventSourceMapping(this, "Messages", {
      target: this.function,
      eventSourceArn: queue.queueArn,
      batchSize: 5,
      // A young account may run ten functions at once: the door and the machines need some of them.
      maxConcurrency: 4,
      reportBatchItemFailures: true,
    });
  }
}
