import type { WebhookWorld } from "../lib/app/webhook.ts";
import { type AwsAccess, jsonApi } from "../lib/aws/json-api.ts";
import { sqsQueue } from "../lib/aws/queue.ts";
import { ssmSecrets } from "../lib/aws/secrets.ts";
import { readBundledConfig } from "./config.ts";
import { webhookEnv } from "./env.ts";
import { jsonLog } from "./json-log.ts";

/** The world of the public door: it reads secrets and fills the queue, and has no right to more. */
export function webhookWorld(variables: NodeJS.ProcessEnv): WebhookWorld {
  const env = webhookEnv(variables);
  const config = readBundledConfig(env.LAMBDA_TASK_ROOT);
  const clock = { now: Date.now };
  const access = (endpoint: string | undefined): AwsAccess => ({
    region: env.AWS_REGION,
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
    ...(endpoint && { endpoint }),
  });
  const sqs = jsonApi("sqs", access(env.AWS_ENDPOINT_URL_SQS));
  const ssm = jsonApi("ssm", access(env.AWS_ENDPOINT_URL_SSM));
  return {
    config,
    clock,
    log: jsonLog((line) => void process.stdout.write(`${line}\n`), { service: "webhook" }),
    queue: sqsQueue(sqs, { queue: env.QUEUE_URL, deadLetters: "" }),
    secrets: ssmSecrets(ssm, clock, config.forges),
  };
}
