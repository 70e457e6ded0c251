import { Duration } from "aws-cdk-lib";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { WebhookEnv } from "../../lambdas/env.ts";
import type { ConfigFile } from "../core/config/config-file.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { parameterArns } from "./parameters.ts";

/** The public door: from a signed delivery to one queued message. It may read its secrets and fill the queue, nothing else. */
export class Webhook extends LambdaFunction {
  constructor(scope: Construct, id: string, props: { config: ConfigFile; queue: IQueue; logGroup: ILogGroup }) {
    const { config, queue, logGroup } = props;
    const environment = { QUEUE_URL: queue.queueUrl } satisfies Record<keyof WebhookEnv, string>;
    // Only what the door needs to know.
    const forges = config.forges.map(({ name, kind, url, secret, previousSecret, allow }) => {
      return { name, kind, url, secret, previousSecret, allow };
    });
    super(scope, id, {
      entry: "webhook.ts",
      config: { forges },
      environment,
      timeout: Duration.seconds(10),
      memory: 256,
      logGroup,
    });
    this.allow(["sqs:SendMessage"], [queue.queueArn]);
    const secrets = forges.flatMap(({ secret, previousSecret }) => [secret, previousSecret]);
    this.allow(["ssm:GetParameters"], parameterArns(this, secrets));
  }
}
