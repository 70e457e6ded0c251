import { Duration } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { ControlEnv, RunnerApiEnv } from "../../lambdas/env.ts";
import { ControlFunction, type ControlPlane } from "./control-function.ts";

/** Answers machines: what am I for, and this is how I ended. */
export class RunnerApi extends ControlFunction {
  constructor(scope: Construct, id: string, plane: ControlPlane, runnerRoles: readonly IRole[]) {
    const environment = {
      RUNNER_ROLES: runnerRoles.map(({ roleName }) => roleName).join(","),
    } satisfies Record<Exclude<keyof RunnerApiEnv, keyof ControlEnv>, string>;
    // Below the gateway's own limit of 30 seconds.
    super(scope, id, plane, { entry: "runner-api.ts", timeout: Duration.seconds(28), environment });
    // A report can free a machine that nobody needs any more.
    this.allowTerminate();
  }
}
