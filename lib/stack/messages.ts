import { Duration } from "aws-cdk-lib";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { usualRedelivery } from "../core/webhook/redelivery.ts";

/** The queue of messages, and the dead letters that it leaves behind. */
export class Messages extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, props: { readonly handlerTimeout: Duration }) {
    super(scope, id);
    this.deadLetters = new sqs.Queue(this, "DeadLetters", {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new sqs.Queue(this, "Queue", {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // As AWS advises for Lambda: six times the handler's limit, or a slow batch is handed over twice.
      visibilityTimeout: Duration.seconds(6 * props.handlerTimeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: usualRedelivery.maxReceives },
    });
  }
}
