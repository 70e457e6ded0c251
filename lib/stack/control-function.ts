import { type Duration, Stack } from "aws-cdk-lib";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { ControlEnv } from "../../lambdas/env.ts";
import { stackTag } from "../aws/launch-tags.ts";
import type { ConfigFile } from "../core/config/config-file.ts";
import { LambdaFunction } from "./lambda-function.ts";
import type { MachineProfile } from "./machine-profile.ts";
import type { Messages } from "./messages.ts";
import type { Network } from "./network.ts";
import { parameterArns } from "./parameters.ts";
import type { RunsTable } from "./runs-table.ts";

/** What every function behind the door shares. */
export interface ControlPlane {
  readonly config: ConfigFile;
  readonly table: RunsTable;
  readonly messages: Messages;
  readonly network: Network;
  readonly machines: ReadonlyMap<string, MachineProfile>;
  readonly logGroup: ILogGroup;
}

export interface ControlFunctionProps {
  readonly entry: string;
  readonly handler?: string;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
  readonly machineCommand?: boolean;
}

/** A function behind the door: it reads and writes the table, wakes itself through the queue, asks the forges, sees the machines. */
export class ControlFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, plane: ControlPlane, props: ControlFunctionProps) {
    const { config, table, messages, network, machines, logGroup } = plane;
    const environment = {
      TABLE_NAME: table.table.tableName,
      QUEUE_URL: messages.queue.queueUrl,
      DEAD_LETTER_URL: messages.deadLetters.queueUrl,
      STACK_NAME: Stack.of(scope).stackName,
      SUBNETS: network.subnetIds.join(","),
      TEMPLATES: [...machines]
        .map(([name, { template }]) => `${name}=${template.ref}:${template.attrLatestVersionNumber}`)
        .join(","),
    } satisfies Record<keyof ControlEnv, string>;
    super(scope, id, {
      entry: props.entry,
      ...(props.handler && { handler: props.handler }),
      config,
      machineCommand: props.machineCommand ?? false,
      environment: { ...environment, ...props.environment },
      timeout: props.timeout,
      memory: 512,
      logGroup,
    });
    this.allow(tableActions, table.arns);
    this.allow(["sqs:SendMessage"], [messages.queue.queueArn]);
    this.allow(
      ["ssm:GetParameters"],
      parameterArns(
        this,
        config.forges.flatMap(({ token, app }) => [token, app?.key]),
      ),
    );
    // EC2 knows no resources for its describe calls.
    this.allow(["ec2:DescribeInstances"], ["*"]);
  }

  /** Only machines of this very stack can be ended. */
  allowTerminate(): void {
    const stack = Stack.of(this);
    const instances = stack.formatArn({ service: "ec2", resource: "instance", resourceName: "*" });
    this.allow(["ec2:TerminateInstances"], [instances], {
      StringEquals: { [`aws:ResourceTag/${stackTag}`]: stack.stackName },
    });
  }
}

/** What the store does (lib/aws/store); no scan, so nobody ever reads the whole table. A transaction needs what its parts need. */
const tableActions = [
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
  "dynamodb:UpdateItem",
];
