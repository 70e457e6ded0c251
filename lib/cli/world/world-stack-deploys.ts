import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import * as z from "zod/mini";
import { accessFailure } from "../../aws/access-failure.ts";
import { invoke } from "../../aws/invoke.ts";
import type { AwsAccess } from "../../aws/json-api.ts";
import { requestLimits } from "../../aws/request-limits.ts";
import { findStack } from "../../aws/stack-outputs.ts";
import { parseJson } from "../../core/json.ts";
import { CommandError } from "../command.ts";
import type { StackDeploys, StackPlace } from "../read-world.ts";

const Answer = z.object({ statusCode: z.int(), body: z.string() });
const ObjectOf = z.record(z.string(), z.unknown());

/** The deploy API of a stack as its administrator asks it: by invoking its function, with the caller's own AWS rights. */
export async function openStackDeploys(place: StackPlace, administrator: string): Promise<StackDeploys> {
  return explaining(place, async () => {
    const { access, functionName } = await find(place);
    return {
      ask: (method, path, body = {}) =>
        explaining(place, async () => {
          const url = new URL(path, "http://stack");
          const query = Object.fromEntries(url.searchParams);
          const event = { administrator: nameOf(administrator), method, path: url.pathname, query, body };
          const { statusCode, body: text } = Answer.parse(await invoke(access, functionName, event));
          const said = ObjectOf.safeParse(parseJson(text));
          return { status: statusCode, body: said.success ? said.data : {} };
        }),
    };
  });
}

async function find(place: StackPlace): Promise<{ readonly access: AwsAccess; readonly functionName: string }> {
  const { stack = "", region } = place;
  const settings = { ...(region !== undefined && { region }), maxAttempts: 2, requestHandler: requestLimits(10_000) };
  const client = new CloudFormationClient(settings);
  try {
    const found = await findStack(client, stack);
    if (!found) throw missing(`there is no stack ${stack}`, place);
    const functionName = found.outputs.get("DeployApi");
    if (functionName === undefined)
      throw missing(`stack ${stack} has no deploy API: its dayfly.yaml has no environments, or it is older`, place);
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
    const endpoint = process.env.AWS_ENDPOINT_URL_LAMBDA;
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    return { functionName, access: { ...keys, region: await client.config.region(), ...(endpoint && { endpoint }) } };
  } finally {
    client.destroy();
  }
}

/** The audit takes word characters and a few more (lambdas/administrator-call.ts). */
function nameOf(text: string): string {
  return text.replace(/[^\w.@-]/g, "-").slice(0, 64) || "you";
}

function missing(what: string, { region }: StackPlace): CommandError {
  return new CommandError(what, {
    where: region === undefined ? "the account and region of your AWS settings" : `region ${region} of your account`,
    remedy: "Check --stack, --region and AWS_PROFILE; `npx cdk deploy` brings a stack up to date.",
    exitCode: 2,
  });
}

async function explaining<T>({ stack, region }: StackPlace, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const failure = accessFailure(error);
    if (error instanceof CommandError || !failure) throw error;
    const where = `stack ${stack}${region === undefined ? "" : ` in ${region}`}`;
    throw new CommandError(failure.text, { where, remedy: failure.cure, exitCode: 3, cause: error });
  }
}
