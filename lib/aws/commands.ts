import {
  type Command,
  GetCommandInvocationCommand,
  type GetCommandInvocationResult,
  ListCommandsCommand,
  SendCommandCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { verbOf, wordsOf } from "../core/deploy/command-words.ts";
import type { CommandResult, Commands, SendResult, TargetCommand } from "../core/deploy/deploy-ports.ts";
import { readReport } from "../core/deploy/target-report.ts";
import type { Clock } from "../core/ports.ts";
import { asWorldError, classifySendError, codeOf } from "./command-errors.ts";

export interface CommandSettings {
  /** For everything that may be repeated. */
  readonly ssm: SSMClient;
  /** One that never repeats a call by itself: SendCommand knows no token that would make two into one. */
  readonly sender: SSMClient;
  readonly clock: Clock;
  /** `i-…` or `mi-…`: the same commands reach both. */
  readonly instanceId: string;
  /** Names of our immutable documents. */
  readonly documents: { readonly deploy: string; readonly inspect: string };
}

/** How long a command may wait for the agent: short, because `not_after` alone is a promise. */
const DELIVERY_SECONDS = 90;
/** Where a doubtful command is looked for: longer than any deploy of one target lives. */
const FIND_WITHIN_MS = 3 * 60 * 60_000;
const FIND_PAGES = 10;

/** The way to one host over SSM: no inbound port there, and nothing but our two documents from here. */
export function ssmCommands(settings: CommandSettings): Commands {
  return {
    send: (command) => send(settings, command),
    find: (deployId) => find(settings, deployId),
    result: (commandId) => result(settings, commandId),
  };
}

async function send({ sender, instanceId, documents }: CommandSettings, command: TargetCommand): Promise<SendResult> {
  const request = new SendCommandCommand({
    DocumentName: documents[command.kind],
    DocumentVersion: "1",
    InstanceIds: [instanceId],
    Parameters: parametersOf(command),
    Comment: commentOf(command.deployId),
    TimeoutSeconds: DELIVERY_SECONDS,
  });
  try {
    const { Command } = await sender.send(request);
    if (Command?.CommandId) return { kind: "sent", commandId: Command.CommandId };
    return { kind: "unknown", text: "SSM answered without a command id" };
  } catch (error) {
    return { kind: classifySendError(error), text: `SSM SendCommand to ${instanceId}: ${codeOf(error)}` };
  }
}

/** Words as the documents name them. */
function parametersOf(command: TargetCommand): Record<string, string[]> {
  const { notAfter, ...words } = wordsOf(command);
  const verb = command.kind === "deploy" ? "op" : "verb";
  const given = { [verb]: verbOf(command), ...words, ...(notAfter !== undefined && { not_after: notAfter }) };
  return Object.fromEntries(Object.entries(given).map(([word, value]) => [word, [value]]));
}

function commentOf(deployId = "-"): string {
  return `dayfly ${deployId}`;
}

/** By the comment, and by the parameter itself: anybody may write a comment. */
async function find(settings: CommandSettings, deployId: string): Promise<readonly string[]> {
  const { ssm, clock, instanceId, documents } = settings;
  const found: Command[] = [];
  let next: string | undefined;
  for (let page = 0; page < FIND_PAGES; page++) {
    const listed = await ask("ListCommands", () =>
      ssm.send(
        new ListCommandsCommand({
          InstanceId: instanceId,
          MaxResults: 50,
          Filters: [
            { key: "DocumentName", value: documents.deploy },
            { key: "InvokedAfter", value: isoSeconds(clock.now() - FIND_WITHIN_MS) },
          ],
          ...(next && { NextToken: next }),
        }),
      ),
    );
    found.push(...(listed.Commands ?? []).filter((command) => carries(command, deployId)));
    next = listed.NextToken;
    if (!next) break;
  }
  return found
    .sort((a, b) => (b.RequestedDateTime?.getTime() ?? 0) - (a.RequestedDateTime?.getTime() ?? 0))
    .flatMap(({ CommandId }) => CommandId ?? []);
}

function carries({ Comment, Parameters }: Command, deployId: string): boolean {
  return Comment === commentOf(deployId) && Parameters?.id?.[0] === deployId;
}

async function result({ ssm, instanceId }: CommandSettings, commandId: string): Promise<CommandResult> {
  const request = new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId });
  try {
    return readInvocation(await ssm.send(request));
  } catch (error) {
    // For some seconds after the send SSM does not know its own command; whoever follows it knows for how long to wait.
    if (codeOf(error) === "InvocationDoesNotExist") return { kind: "pending" };
    throw asWorldError("GetCommandInvocation", error);
  }
}

/** By `StatusDetails`: `Status` says only `TimedOut` for what never arrived and for what was killed half-way. */
export function readInvocation(invocation: GetCommandInvocationResult): CommandResult {
  const { StatusDetails: status = "", StandardOutputContent: stdout = "", ResponseCode: code } = invocation;
  // Both spellings occur: the API's own and the console's.
  switch (status.replaceAll(" ", "")) {
    case "Pending":
    case "InProgress":
    case "Delayed":
    case "Cancelling":
      return { kind: "pending" };
    case "Undeliverable":
    case "Terminated":
    case "InvalidPlatform":
    case "AccessDenied":
      return { kind: "undelivered", text: `SSM: ${status}` };
    default: {
      // Delivery timed out, execution timed out, cancelled: a line that was printed all the same is the truth.
      const report = readReport(stdout);
      if (report) return { kind: "reported", report };
      return { kind: "unheard", text: `SSM: ${status}, exit code ${code ?? "unknown"}, and no line of deployctl` };
    }
  }
}

async function ask<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asWorldError(action, error);
  }
}

/** SSM wants no milliseconds here: `2021-07-07T00:00:00Z`. */
function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
