import { SSMClient } from "@aws-sdk/client-ssm";
import { s3Bundles } from "../lib/aws/bundles.ts";
import { ssmCommands } from "../lib/aws/commands.ts";
import { documentName } from "../lib/aws/deploy-documents.ts";
import { requestLimits } from "../lib/aws/request-limits.ts";
import type { Bundles, DeployWorld } from "../lib/core/deploy/deploy-ports.ts";
import { WorldError } from "../lib/core/errors.ts";
import type { ControlWorld } from "./control-world.ts";
import type { ControlEnv, PlatformEnv } from "./env.ts";
import { accessOf } from "./service-world.ts";

/** What deploys need beside the world of every function: the rules, the way to each target, bundles, and wake-ups by the queue. */
export function deployWorld<W extends ControlWorld>(world: W, env: ControlEnv & PlatformEnv): W & DeployWorld {
  const { config, clock, queue } = world;
  const { STACK_NAME: stack, BUNDLES: bucket } = env;
  const requestHandler = requestLimits(5_000);
  const documents = { deploy: documentName(stack, "deploy"), inspect: documentName(stack, "inspect") };
  const clients = { ssm: new SSMClient({ requestHandler }), sender: new SSMClient({ requestHandler, maxAttempts: 1 }) };
  const ids = new Map(config.targets.map(({ name, id }) => [name, id]));
  return {
    ...world,
    rules: config.environments,
    wakes: { wake: (deployId, seconds) => queue.send({ v: 1, kind: "deploy", deployId }, seconds) },
    commands: (target) => {
      const instanceId = ids.get(target);
      return instanceId === undefined ? undefined : ssmCommands({ ...clients, clock, instanceId, documents });
    },
    bundled: new Set(config.apps.filter(({ bundle }) => bundle).map(({ name }) => name)),
    bundles: bucket ? s3Bundles({ bucket, clock, access: accessOf(env, env.AWS_ENDPOINT_URL_S3) }) : noBucket,
  };
}

const missing = () => Promise.reject(new WorldError("this stack has no bucket of bundles", { retryable: false }));
const noBucket: Bundles = { has: missing, offer: missing, address: missing };
