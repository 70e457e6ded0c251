import { setTimeout as pause } from "node:timers/promises";
import { CreateTagsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateActivationCommand,
  DeleteActivationCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import type { TargetNode, TargetNodes } from "../core/deploy/target-nodes.ts";
import { codeOf } from "./command-errors.ts";
import { targetTag } from "./launch-tags.ts";

const RUN_TRIES = 100;
const ROLE_TRIES = 6;

/** With the rights of whoever calls: this is an administrator's tool, no function of the stack can do any of it. */
export function ssmTargetNodes(ssm: SSMClient, ec2: EC2Client, pauseMs = 3_000): TargetNodes {
  const describe = async (key: "InstanceIds" | "ActivationIds", value: string) => {
    const request = new DescribeInstanceInformationCommand({ Filters: [{ Key: key, Values: [value] }] });
    return (await ssm.send(request)).InstanceInformationList?.[0];
  };
  return {
    async node(instanceId): Promise<TargetNode | undefined> {
      const found = await describe("InstanceIds", instanceId);
      if (!found) return undefined;
      const { PingStatus, PlatformType = "", AgentVersion = "" } = found;
      return { online: PingStatus === "Online", platform: PlatformType, agent: AgentVersion };
    },
    async tag(instanceId, stack) {
      await ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: targetTag, Value: stack }] }));
    },
    async activate({ name, stack, role, expires }) {
      const request = new CreateActivationCommand({
        IamRole: role,
        RegistrationLimit: 1,
        ExpirationDate: new Date(expires),
        DefaultInstanceName: name,
        Description: `dayfly target ${name}`,
        // They pass to the node; nobody can change them on the activation.
        Tags: [{ Key: targetTag, Value: stack }],
      });
      const { ActivationId = "", ActivationCode = "" } = await whileRoleIsNew(() => ssm.send(request), pauseMs);
      return { id: ActivationId, code: ActivationCode };
    },
    async registered(activationId) {
      const found = await describe("ActivationIds", activationId);
      return found?.PingStatus === "Online" ? found.InstanceId : undefined;
    },
    async forget(activationId) {
      await ssm.send(new DeleteActivationCommand({ ActivationId: activationId })).catch((error: unknown) => {
        if (codeOf(error) !== "InvalidActivation") throw error;
      });
    },
    run: (instanceId, script) => run(ssm, instanceId, script, pauseMs),
  };
}

/** A role that was made a moment ago is not known everywhere yet. */
async function whileRoleIsNew<T>(call: () => Promise<T>, pauseMs: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const isNew = codeOf(error) === "ValidationException" && /role/i.test(String(error));
      if (!isNew || attempt === ROLE_TRIES) throw error;
      await pause(pauseMs);
    }
  }
}

async function run(ssm: SSMClient, instanceId: string, script: string, pauseMs: number) {
  const { Command } = await ssm.send(
    new SendCommandCommand({
      DocumentName: "AWS-RunShellScript",
      InstanceIds: [instanceId],
      Parameters: { commands: [script], executionTimeout: ["240"] },
      Comment: "dayfly targets add",
      TimeoutSeconds: 60,
    }),
  );
  for (let attempt = 0; attempt < RUN_TRIES; attempt++) {
    await pause(pauseMs);
    try {
      const request = new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: instanceId });
      const found = await ssm.send(request);
      if (["Pending", "InProgress", "Delayed"].includes(found.Status ?? "")) continue;
      const output = `${found.StandardOutputContent ?? ""}${found.StandardErrorContent ?? ""}`;
      return { code: found.ResponseCode ?? -1, output: output === "" ? (found.StatusDetails ?? "") : output };
    } catch (error) {
      if (codeOf(error) !== "InvocationDoesNotExist") throw error;
    }
  }
  return { code: -1, output: "it did not end in its time" };
}
