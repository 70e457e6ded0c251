import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeCommand, SendRequest, SsmAccount } from "./account.ts";
import { Refusal } from "./refusal.ts";
import { commandStatuses, invocationStatuses, withoutInvocation } from "./statuses.ts";

/** What a test can turn about the wire. */
export interface SsmSwitches {
  /** Milliseconds until a new command's invocation exists. */
  invisibleFor: number;
  /** The next calls of this action end with this code; `lost` accepts the command and then breaks the connection. */
  trouble: { action: string; code: string; times: number } | undefined;
}

export interface SsmWire {
  readonly url: string;
  readonly switches: SsmSwitches;
  /** Actions in the order of their calls. */
  readonly calls: string[];
  close(): Promise<void>;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

/** Run Command over HTTP, in AWS's JSON 1.1: for Amazon's own client. */
export async function ssmWire(account: SsmAccount, clock: { now(): number }): Promise<SsmWire> {
  const switches: SsmSwitches = { invisibleFor: 0, trouble: undefined };
  const calls: string[] = [];
  const { activations } = account;
  const actions: Readonly<Record<string, (body: Body) => Answer>> = {
    CreateActivation: (body) => activate(account, body),
    DeleteActivation: ({ ActivationId }) => {
      if (!activations.delete(String(ActivationId))) throw new Refusal("InvalidActivation", "");
      return {};
    },
    DescribeInstanceInformation: (body) => describeNodes(account, body),
    SendCommand: (body) => ({ Command: commandOf(account, account.send(body as SendRequest)) }),
    ListCommands: (body) => listCommands(account, body),
    GetCommandInvocation: (body) => invocation(account, body, clock.now() - switches.invisibleFor),
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const action = String(request.headers["x-amz-target"]).replace("AmazonSSM.", "");
    calls.push(action);
    try {
      const trouble = takeTrouble(switches, action);
      if (trouble && trouble !== "lost")
        throw new Refusal(trouble, "as the test wants it", trouble === "InternalServerError" ? 500 : 400);
      const act = actions[action];
      if (!act) throw new Refusal("UnknownOperationException", action);
      const answer = act(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      if (trouble === "lost") request.socket.destroy();
      else response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.writeHead(error.status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: error.code, message: error.message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    switches,
    calls,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateActivation.html */
function activate({ activations }: SsmAccount, body: Body): Answer {
  const { IamRole, RegistrationLimit, ExpirationDate, Tags } = body as {
    readonly IamRole: string;
    readonly RegistrationLimit: number;
    readonly ExpirationDate: number;
    readonly Tags: { Key: string; Value: string }[];
  };
  const id = `${String(activations.size + 1).padStart(8, "0")}-0000-4000-8000-000000000000`;
  const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
  activations.set(id, { role: IamRole, left: RegistrationLimit, expires: ExpirationDate * 1000, tags });
  return { ActivationId: id, ActivationCode: "code-marker-7" };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html */
function describeNodes({ nodes }: SsmAccount, { Filters = [] }: Body): Answer {
  const [{ Key, Values } = { Key: "", Values: [] }] = Filters as { Key: string; Values: string[] }[];
  const found = [...nodes.values()].filter(({ id, activation }) =>
    Values.includes(String(Key === "InstanceIds" ? id : activation)),
  );
  return {
    InstanceInformationList: found.map(({ id, ping, platform, agent }) => ({
      InstanceId: id,
      PingStatus: ping,
      PlatformType: platform,
      AgentVersion: agent,
    })),
  };
}

function takeTrouble(switches: SsmSwitches, action: string): string | undefined {
  const { trouble } = switches;
  if (trouble?.action !== action || trouble.times <= 0) return undefined;
  trouble.times--;
  return trouble.code;
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Command.html */
function commandOf(account: SsmAccount, command: FakeCommand): Answer {
  const { id, document, comment, parameters, requestedAt } = command;
  const status = command.ended ?? account.statusOf(command);
  return {
    Status: commandStatuses[status],
    StatusDetails: status,
    CommandId: id,
    DocumentName: document,
    DocumentVersion: "1",
    Comment: comment,
    Parameters: parameters,
    RequestedDateTime: requestedAt / 1000,
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommands.html: two a page here, so that pages matter. */
function listCommands(account: SsmAccount, { InstanceId, Filters = [], NextToken = "0" }: Body): Answer {
  const filters = new Map((Filters as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
  const after = Date.parse(filters.get("InvokedAfter") ?? "1970-01-01T00:00:00Z");
  const found = account.commands.filter(
    ({ node, document, requestedAt }) =>
      node.id === InstanceId && document === (filters.get("DocumentName") ?? document) && requestedAt >= after,
  );
  const from = Number(NextToken);
  return {
    Commands: found.slice(from, from + 2).map((command) => commandOf(account, command)),
    ...(found.length > from + 2 && { NextToken: String(from + 2) }),
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html: the heads of both outputs. */
function invocation(account: SsmAccount, { CommandId, InstanceId }: Body, shownBefore: number): Answer {
  const command = account.commands.find(({ id, node }) => id === CommandId && node.id === InstanceId);
  const gone = command?.ended !== undefined && withoutInvocation.includes(command.ended);
  if (!command || gone || command.requestedAt > shownBefore) throw new Refusal("InvocationDoesNotExist", "");
  const status = account.statusOf(command);
  return {
    CommandId,
    InstanceId,
    Comment: command.comment,
    DocumentName: command.document,
    DocumentVersion: "1",
    ResponseCode: command.ran?.code ?? -1,
    Status: invocationStatuses[status],
    StatusDetails: status,
    StandardOutputContent: (command.ran?.stdout ?? "").slice(0, 24_000),
    StandardErrorContent: (command.ran?.stderr ?? "").slice(0, 8_000),
  };
}
