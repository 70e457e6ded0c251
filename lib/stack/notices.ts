import { Duration } from "aws-cdk-lib";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";

/**
 * EC2's own words about machines, as hints that make things fast. They come for every machine of the account, with its id
 * and nothing else: ids that are not ours are dropped by whoever receives them.
 */
export class Notices extends Construct {
  constructor(scope: Construct, id: string, props: { readonly receiver: IFunction }) {
    super(scope, id);
    const rule = (name: string, detailType: string, detail?: events.EventPattern["detail"]) => {
      const made = new events.Rule(this, name, {
        eventPattern: { source: ["aws.ec2"], detailType: [detailType], ...(detail && { detail }) },
      });
      const options = { retryAttempts: 2, maxEventAge: Duration.minutes(15) };
      made.addTarget(new targets.LambdaFunction(props.receiver, options));
    };
    rule("Ended", "EC2 Instance State-change Notification", { state: ["shutting-down", "terminated"] });
    rule("Interrupted", "EC2 Spot Instance Interruption Warning");
    rule("Rebalance", "EC2 Instance Rebalance Recommendation");
  }
}
