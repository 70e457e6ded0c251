import { Duration, Stack } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { ControlEnv, RunnerApiEnv } from "../../lambdas/env.ts";
import type { ConfigFile } from "../core/config/config-file.ts";
import { ControlFunction, type ControlPlane } from "./control-function.ts";
import { GrantRole } from "./grant-role.ts";

/** Answers machines: what am I for, and this is how I ended. Answers their jobs: these are the rights that you may have. */
export class RunnerApi extends ControlFunction {
  constructor(scope: Construct, id: string, plane: ControlPlane, runnerRoles: readonly IRole[]) {
    const environment = {
      RUNNER_ROLES: runnerRoles.map(({ roleArn }) => roleArn).join(","),
      GRANT_ROLES: "{}",
    } satisfies Record<Exclude<keyof RunnerApiEnv, keyof ControlEnv>, string>;
    // Below the gateway's own limit of 30 seconds.
    super(scope, id, plane, {
      entry: "runner-api.ts",
      timeout: Duration.seconds(28),
      environment,
      machineCommand: true,
    });
    // A report can free a machine that nobody needs any more.
    this.allowTerminate();
    this.vend(plane.config.grants);
  }

  private vend(grants: ConfigFile["grants"]): void {
    if (grants.length === 0) return;
    const roles = grants.map((grant) => {
      const { role } = new GrantRole(this, `Grant-${grant.name}`, { grant, vendor: this.role });
      return [grant.name, role.roleArn] as const;
    });
    this.allow(
      ["sts:AssumeRole"],
      roles.map(([, arn]) => arn),
    );
    this.function.addEnvironment("GRANT_ROLES", Stack.of(this).toJsonString(Object.fromEntries(roles)));
  }
}
