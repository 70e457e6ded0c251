import { type JsonApi, jsonApi } from "../lib/aws/json-api.ts";
import type { PlatformEnv } from "./env.ts";

/** Services that speak JSON, called with the function's own rights. */
export function services(env: PlatformEnv): { readonly sqs: JsonApi; readonly ssm: JsonApi } {
  const make = (service: "sqs" | "ssm", endpoint: string | undefined) =>
    jsonApi(service, {
      region: env.AWS_REGION,
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
      ...(endpoint && { endpoint }),
    });
  return { sqs: make("sqs", env.AWS_ENDPOINT_URL_SQS), ssm: make("ssm", env.AWS_ENDPOINT_URL_SSM) };
}
