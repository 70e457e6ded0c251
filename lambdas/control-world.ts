import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { EC2Client } from "@aws-sdk/client-ec2";
import { planFreezer } from "../lib/aws/freeze-plan.ts";
import type { JsonApi } from "../lib/aws/json-api.ts";
import { ec2Machines } from "../lib/aws/machines.ts";
import { sqsDeadLetters, sqsQueue } from "../lib/aws/queue.ts";
import { consume, type QueueRecord } from "../lib/aws/queue-consumer.ts";
import { requestLimits } from "../lib/aws/request-limits.ts";
import { ssmSecrets } from "../lib/aws/secrets.ts";
import { dynamoStore } from "../lib/aws/store/store.ts";
import type { ConfigFile } from "../lib/core/config/config-file.ts";
import { imagesOf } from "../lib/core/config/images.ts";
import type { DeployStore } from "../lib/core/deploy/deploy-ports.ts";
import type { DeadLetters, MessageHandler, World } from "../lib/core/ports.ts";
import { forgesOf } from "../lib/forges/forges-of.ts";
import { readBundledConfig } from "./config.ts";
import type { ControlEnv, PlatformEnv } from "./env.ts";
import { type CountingLog, countingLog } from "./powertools-log.ts";
import { services } from "./service-world.ts";

/** The world of every function behind the door. */
export interface ControlWorld extends World, DeployStore {
  readonly config: ConfigFile;
  readonly deadLetters: DeadLetters;
  readonly log: CountingLog;
  /** Handles a batch of the queue's messages; its answer is the function's. */
  readonly consume: (
    records: readonly QueueRecord[],
    handler: MessageHandler,
    remainingMilliseconds: () => number,
  ) => ReturnType<typeof consume>;
}

export function controlWorld(lambda: string, env: ControlEnv & PlatformEnv): ControlWorld {
  const config = readBundledConfig(env.LAMBDA_TASK_ROOT);
  const clock = { now: Date.now };
  const log = countingLog(lambda, env.STACK_NAME);
  const { sqs, ssm } = services(env);
  const tokens = config.forges.flatMap(({ token, app }) => [token, app?.key]).filter((name) => name !== undefined);
  const secrets = ssmSecrets(ssm, clock, [], tokens);
  const urls = { queue: env.QUEUE_URL, deadLetters: env.DEAD_LETTER_URL };
  const queue = sqsQueue(sqs, urls);
  const forges = forgesOf(config, secrets.value);
  return {
    config,
    clock,
    log,
    random: {
      hex: (digits) =>
        randomBytes(Math.ceil(digits / 2))
          .toString("hex")
          .slice(0, digits),
      fraction: Math.random,
    },
    ...dynamoStore({ tableName: env.TABLE_NAME, clock, log }),
    secrets,
    queue,
    deadLetters: sqsDeadLetters(sqs, urls),
    machines: machinesOf(env, config, ssm),
    forge: (name) => forges.get(name),
    consume: (records, handler, remaining) =>
      consume(records, handler, queue, remaining, ({ messageId }, error) => {
        log.error("message failed", { messageId, error: error instanceof Error ? error.message : String(error) });
      }),
  };
}

function machinesOf(env: ControlEnv & PlatformEnv, config: ConfigFile, ssm: JsonApi): World["machines"] {
  const requestHandler = requestLimits(15_000);
  const profiles = config.profiles.flatMap((profile) => {
    const template = env.TEMPLATES.get(profile.name);
    if (!template) return [];
    return [[profile.name, { ...template, images: imagesOf(env.STACK_NAME, profile), types: profile.types }] as const];
  });
  return ec2Machines({
    launcher: new EC2Client({ maxAttempts: 1, requestHandler }),
    ec2: new EC2Client({ requestHandler }),
    clock: { now: Date.now },
    stack: env.STACK_NAME,
    plan: planFreezer(ssm, new Map(profiles), env.SUBNETS),
    pause: (milliseconds) => pause(milliseconds),
  });
}
