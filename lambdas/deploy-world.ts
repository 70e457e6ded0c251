import { SSMClient } from "@aws-sdk/client-ssm";
import { ssmCommands } from "../lib/aws/commands.ts";
import { documentName } from "../lib/aws/deploy-documents.ts";
import { requestLimits } from "../lib/aws/request-limits.ts";
import type { DeployWorld } from "../lib/core/deploy/deploy-ports.ts";
import type { ControlWorld } from "./control-world.ts";
import type { ControlEnv } from "./env.ts";

/** What deploys need beside the world of every function: the rules, the way to each target, and wake-ups by the queue. */
export function deployWorld<W extends ControlWorld>(world: W, { STACK_NAME: stack }: ControlEnv): W & DeployWorld {
  const { config, clock, queue } = world;
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
  };
}
