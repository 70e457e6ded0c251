import { STSClient } from "@aws-sdk/client-sts";
import type { GrantWorld } from "../lib/app/credentials.ts";
import { requestLimits } from "../lib/aws/request-limits.ts";
import { stsVending } from "../lib/aws/vending.ts";
import type { ControlWorld } from "./control-world.ts";
import type { RunnerApiEnv } from "./env.ts";

/** What handing out credentials needs beside the world of every function. */
export function grantWorld(world: ControlWorld, { GRANT_ROLES: roles }: RunnerApiEnv): GrantWorld {
  const requestHandler = requestLimits(5_000);
  return { ...world, grants: world.config.grants, vending: stsVending(new STSClient({ requestHandler }), roles) };
}
