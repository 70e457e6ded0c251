import { checkParameters, type FakeDocument, prepare } from "./documents.ts";
import { Refusal } from "./refusal.ts";
import type { CommandStatus, InvocationStatus } from "./statuses.ts";

/** A managed node and what a test can turn about it. */
export interface FakeNode {
  readonly id: string;
  readonly tags: Map<string, string>;
  ping: "Online" | "ConnectionLost" | "Inactive";
  platform: "Linux" | "Windows";
  agent: string;
  /** With which activation it registered; a node of EC2 has none. */
  activation?: string;
  /** Runs a script as the agent would; undefined: never ends. */
  run(script: string, environment: Readonly<Record<string, string>>, commandId: string): Promise<Ran | undefined>;
}

export interface FakeActivation {
  readonly role: string;
  left: number;
  readonly expires: number;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FakeCommand {
  readonly id: string;
  readonly node: FakeNode;
  readonly document: string;
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly values: ReadonlyMap<string, string>;
  readonly requestedAt: number;
  readonly deliverUntil: number;
  status: InvocationStatus;
  /** Of the whole command, where the service ended it before it reached any node. */
  ended?: CommandStatus;
  ran?: Ran;
  startedAt?: number;
}

export interface SendRequest {
  readonly DocumentName?: string;
  readonly DocumentVersion?: string;
  readonly InstanceIds?: readonly string[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly Comment?: string;
  readonly TimeoutSeconds?: number;
}

/** What the caller's policies say: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export type May = (action: string, resource: string, context: Readonly<Record<string, string>>) => boolean;

/** Run Command of one account in one region. Nothing reaches a node before the test calls `deliver`. */
export function ssmAccount(
  documents: ReadonlyMap<string, FakeDocument>,
  clock: { now(): number },
  may: May = () => true,
) {
  const nodes = new Map<string, FakeNode>();
  const commands: FakeCommand[] = [];
  const activations = new Map<string, FakeActivation>();

  /** An agent registers: within the limit and the time of its activation, whose tags become its own. */
  function register(activationId: string, node: FakeNode): void {
    const activation = activations.get(activationId);
    if (!activation || activation.left < 1 || clock.now() > activation.expires)
      throw new Refusal("InvalidActivation", "");
    activation.left--;
    node.activation = activationId;
    for (const [key, value] of activation.tags) node.tags.set(key, value);
    nodes.set(node.id, node);
  }

  /** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html */
  function send(request: SendRequest): FakeCommand {
    const {
      DocumentName = "",
      DocumentVersion = "$DEFAULT",
      InstanceIds = [],
      TimeoutSeconds = 3600,
      Comment = "",
    } = request;
    authorize(DocumentName, InstanceIds);
    const document = documents.get(DocumentName);
    if (!document) throw new Refusal("InvalidDocument", `Document with name ${DocumentName} does not exist.`);
    if (!["1", "$DEFAULT", "$LATEST"].includes(DocumentVersion))
      throw new Refusal("InvalidDocumentVersion", "no such version");
    if (Comment.length > 100 || TimeoutSeconds < 30 || TimeoutSeconds > 2_592_000 || InstanceIds.length > 50)
      throw new Refusal("ValidationException", "a value is outside its limits");
    const [id = ""] = InstanceIds;
    const node = nodes.get(id);
    // A node that was online once and is not now is accepted; the command then waits for it.
    if (!node || node.ping === "Inactive")
      throw new Refusal("InvalidInstanceId", `Instances [[${id}]] not in a valid state for account`);
    const command: FakeCommand = {
      id: uuid(commands.length + 1),
      node,
      document: DocumentName,
      comment: Comment,
      parameters: request.Parameters ?? {},
      values: checkParameters(document, request.Parameters ?? {}),
      requestedAt: clock.now(),
      deliverUntil: clock.now() + TimeoutSeconds * 1000,
      status: "Pending",
    };
    commands.push(command);
    return command;
  }

  /** A document and a host are two resources: each has to be allowed by itself, the host with the tags that it has now. */
  function authorize(document: string, ids: readonly string[]): void {
    const hosts = ids.map((id) => {
      const tags = [...(nodes.get(id)?.tags ?? [])].map(([key, value]) => [`ssm:resourceTag/${key}`, value]);
      return may("ssm:SendCommand", hostResource(id), Object.fromEntries(tags));
    });
    if (!may("ssm:SendCommand", `document/${document}`, {}) || hosts.includes(false))
      throw new Refusal("AccessDeniedException", "is not authorized to perform: ssm:SendCommand");
  }

  /** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CancelCommand.html: the agent is told, and kills the script. */
  function cancel(command: FakeCommand): void {
    command.status = isWaiting(command) ? "Cancelled" : "Cancelling";
  }

  /** Hands every waiting command to its node, also long after its delivery time: agents have been seen to start late. */
  async function deliver(): Promise<void> {
    for (const one of commands) if (one.status === "Pending" && one.node.ping !== "Online") one.status = "Delayed";
    await Promise.all(commands.filter((one) => isWaiting(one) && one.node.ping === "Online").map(start));
  }

  async function start(command: FakeCommand): Promise<void> {
    const document = documents.get(command.document);
    if (!document) return;
    if (command.node.platform !== "Linux") {
      command.status = "InvalidPlatform";
      return;
    }
    command.status = "In Progress";
    command.startedAt = clock.now();
    const { script, environment } = prepare(document, command.values, command.node.agent);
    const ran = await command.node.run(script, environment, command.id);
    if (!ran || isOver(command)) return;
    command.ran = ran;
    command.status = isCancelled(command) ? "Cancelled" : ran.code === 0 ? "Success" : "Failed";
  }

  /** What time alone makes of it. */
  function statusOf(command: FakeCommand): InvocationStatus {
    const limit = Number(documents.get(command.document)?.mainSteps[0]?.inputs.timeoutSeconds ?? 3600) * 1000;
    if (isWaiting(command) && clock.now() > command.deliverUntil) command.status = "Delivery Timed Out";
    if (command.status === "In Progress" && clock.now() > (command.startedAt ?? clock.now()) + limit)
      command.status = "Execution Timed Out";
    return command.status;
  }

  return { nodes, commands, activations, register, send, deliver, cancel, statusOf };
}

export type SsmAccount = ReturnType<typeof ssmAccount>;

function isWaiting({ status }: FakeCommand): boolean {
  return status === "Pending" || status === "Delayed" || status === "Delivery Timed Out";
}

function isCancelled({ status }: FakeCommand): boolean {
  return status === "Cancelling";
}

function isOver({ status }: FakeCommand): boolean {
  return status !== "In Progress" && status !== "Cancelling";
}

function hostResource(id: string): string {
  return id.startsWith("mi-") ? `managed-instance/${id}` : `instance/${id}`;
}

function uuid(serial: number): string {
  return `00000000-0000-4000-8000-${String(serial).padStart(12, "0")}`;
}
