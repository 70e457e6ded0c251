import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duration } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { bundleLambda, bundleMachineCommand } from "./bundle.ts";

export interface LambdaFunctionProps {
  /** Source below lambdas/, and the name of its exported handler. */
  readonly entry: string;
  readonly handler?: string;
  /** Goes beside the code as config.json. */
  readonly config: unknown;
  /** The machines' `dayfly` command goes beside the code too. */
  readonly machineCommand?: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly memory: number;
  readonly logGroup: ILogGroup;
}

/** A function with a role of its own that may do nothing yet but write its log. */
export class LambdaFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    this.role = new iam.Role(this, "Role", { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
    props.logGroup.grantWrite(this.role);
    const folder = mkdtempSync(join(tmpdir(), "dayfly-synth-"));
    bundleLambda(`lambdas/${props.entry}`, folder, props.config);
    if (props.machineCommand) bundleMachineCommand(folder);
    this.function = new lambda.Function(this, "Function", {
      code: lambda.Code.fromAsset(folder),
      handler: `index.${props.handler ?? "handler"}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      role: this.role,
      timeout: props.timeout,
      memorySize: props.memory,
      environment: { ...props.environment },
      logGroup: props.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
    });
    // The function has taken its copy.
    rmSync(folder, { recursive: true });
  }

  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    this.role.addToPolicy(
      new iam.PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) }),
    );
  }
}

type Conditions = Record<string, Record<string, string | string[]>>;
