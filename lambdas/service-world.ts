import { type AwsAccess, type JsonApi, jsonApi } from "../lib/aws/json-api.ts";
import type { PlatformEnv } from "./env.ts";

/** Services that speak JSON, called with the function's own rights. */
export function services(env: PlatformEnv): { readonly sqs: JsonApi; readonly ssm: JsonApi } {
  return {
    sqs: jsonApi("sqs", accessOf(env, env.AWS_ENDPOINT_URL_SQS)),
    ssm: jsonApi("ssm", accessOf(env, env.AWS_ENDPOINT_URL_SSM)),
  };
}

/** The function's own keys. */
export function accessOf(env: PlatformEnv, endpoint: string | undefined): AwsAccess {
  return {
    region: env.AWS_REGION,
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
    ...(endpoint && { endpoint }),
  };
}
