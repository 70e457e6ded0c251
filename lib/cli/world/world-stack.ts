import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { accessFailure } from "../../aws/access-failure.ts";
import { requestLimits } from "../../aws/request-limits.ts";
import { findStack } from "../../aws/stack-outputs.ts";
import { dynamoStore } from "../../aws/store/store.ts";
import type { Log } from "../../core/ports.ts";
import { CommandError } from "../command.ts";
import type { ReadWorld, StackPlace } from "../read-world.ts";

/** Opens the table of a stack to read it, with the caller's own AWS credentials. */
export async function openStack(place: StackPlace): Promise<ReadWorld> {
  try {
    const tableName = place.table ?? (await tableOf(place));
    const clock = { now: () => Date.now() };
    const store = dynamoStore({ tableName, clock, log: silent, client: { ...regionOf(place), maxAttempts: 2 } });
    // One small read, so that whatever is wrong is said here.
    await store.journal.decisions(1);
    return { world: { ...store, clock }, deployed: store, log: async () => undefined, close: async () => {} };
  } catch (error) {
    throw explained(error, place);
  }
}

async function tableOf(place: StackPlace): Promise<string> {
  const name = place.stack ?? "";
  const client = new CloudFormationClient({
    ...regionOf(place),
    maxAttempts: 2,
    requestHandler: requestLimits(10_000),
  });
  try {
    const stack = await findStack(client, name);
    if (stack) return stack.outputs.get("TableName") ?? missing(`stack ${name} is none of Dayfly's`, place);
    return missing(`there is no stack ${name}`, place);
  } finally {
    client.destroy();
  }
}

function regionOf({ region }: StackPlace): { readonly region?: string } {
  return region === undefined ? {} : { region };
}

function missing(what: string, { region }: StackPlace): never {
  throw new CommandError(what, {
    where: region === undefined ? "the account and region of your AWS settings" : `region ${region} of your account`,
    remedy: "Check --stack, --region and AWS_PROFILE; `aws cloudformation list-stacks` shows what there is.",
    exitCode: 2,
  });
}

function explained(error: unknown, place: StackPlace): unknown {
  if (error instanceof CommandError) return error;
  const { table, stack, region } = place;
  const where = `${table === undefined ? `stack ${stack}` : `table ${table}`}${region === undefined ? "" : ` in ${region}`}`;
  const failure = accessFailure(error);
  if (failure) return new CommandError(failure.text, { where, remedy: failure.cure, exitCode: 3, cause: error });
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error && cause.name === "ResourceNotFoundException")) return error;
  return new CommandError("there is no such table", {
    where,
    remedy: "Check --table and --region; `TableName` of the stack's outputs is its name.",
    exitCode: 2,
    cause: error,
  });
}

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
