import type { WebhookWorld } from "../lib/app/webhook.ts";
import { sqsQueue } from "../lib/aws/queue.ts";
import { ssmSecrets } from "../lib/aws/secrets.ts";
import { readBundledConfig } from "./config.ts";
import { webhookEnv } from "./env.ts";
import { jsonLog } from "./json-log.ts";
import { services } from "./service-world.ts";

/** The world of the public door: it reads secrets and fills the queue, and has no right to more. */
export function webhookWorld(variables: NodeJS.ProcessEnv): WebhookWorld {
  const env = webhookEnv(variables);
  const config = readBundledConfig(env.LAMBDA_TASK_ROOT);
  const clock = { now: Date.now };
  const { sqs, ssm } = services(env);
  return {
    config,
    clock,
    log: jsonLog((line) => void process.stdout.write(`${line}\n`), { service: "webhook" }),
    queue: sqsQueue(sqs, { queue: env.QUEUE_URL, deadLetters: "" }),
    secrets: ssmSecrets(ssm, clock, config.forges),
  };
}
