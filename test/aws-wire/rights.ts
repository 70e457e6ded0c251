import { accountId } from "../fakes/gateway/identities.ts";
import { allows, type Statement } from "../stack/policy.ts";
import { region } from "./template-values.ts";
import type { WireCall } from "./wire-tap.ts";

/** What IAM has to allow for a call. */
interface Needed {
  readonly action: string;
  /** Absent where the call's resources are not in the call: EC2 names machines, volumes and interfaces itself. */
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Resources of the stack by what calls name them. */
export interface NamedResources {
  readonly table: { readonly name: string; readonly arn: string };
  /** ARN by address. */
  readonly queues: Readonly<Record<string, string>>;
}

/**
 * The rights that a call takes, each of which has to be allowed; where one is not, its name.
 *
 * @source https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html and its neighbours
 */
export function missingRight(
  statements: readonly Statement[],
  call: WireCall,
  body: string,
  named: NamedResources,
): string | undefined {
  const missing = neededFor(call, body, named).find(({ resource, ...needed }) =>
    resource === undefined ? !names(statements, needed.action) : !allows(statements, { ...needed, resource }),
  );
  return missing && `${missing.action}${missing.resource ? ` on ${missing.resource}` : ""}`;
}

function names(statements: readonly Statement[], action: string): boolean {
  return statements.some(({ Effect, Action }) => Effect === "Allow" && [Action].flat().includes(action));
}

function neededFor({ service, operation }: WireCall, body: string, { table, queues }: NamedResources): Needed[] {
  const action = `${service}:${operation}`;
  if (service === "ec2") return [{ action }];
  if (service === "sts") return [{ action, resource: new URLSearchParams(body).get("RoleArn") ?? "no role" }];
  const input = JSON.parse(body) as Input;
  if (service === "sqs") return [{ action, resource: queues[input.QueueUrl ?? ""] ?? "no queue of the stack" }];
  if (service === "ssm" && operation === "SendCommand")
    return [document(input), ...hosts(input)].map((one) => ({ action, ...one }));
  if (service === "ssm" && input.Names === undefined) return [{ action, resource: "*" }];
  if (service === "ssm") return (input.Names ?? []).map((name) => ({ action, resource: parameterArn(name) }));
  if (service !== "dynamodb") return [{ action, resource: "nothing of the stack" }];
  if (operation === "TransactWriteItems") {
    // A transaction is judged by its parts.
    const parts = (input.TransactItems ?? []).flatMap((item) => Object.keys(item));
    return parts.map((part) => ({ action: `dynamodb:${part}Item`, resource: table.arn }));
  }
  const of = input.TableName ?? Object.keys(input.RequestItems ?? {})[0];
  const whole = of === table.name ? table.arn : "no table of the stack";
  return [{ action, resource: input.IndexName === undefined ? whole : `${whole}/index/${input.IndexName}` }];
}

interface Input {
  readonly QueueUrl?: string;
  readonly Names?: readonly string[];
  readonly DocumentName?: string;
  readonly InstanceIds?: readonly string[];
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: object;
  readonly TransactItems?: readonly object[];
}

function document({ DocumentName = "" }: Input) {
  return { resource: `arn:aws:ssm:${region}:${accountId}:document/${DocumentName}` };
}

/** The targets of an installation carry its tag. */
function hosts({ InstanceIds = [] }: Input) {
  const context = { "ssm:resourceTag/dayfly-target": "dayfly" };
  return InstanceIds.map((id) => {
    const resource = id.startsWith("mi-")
      ? `ssm:${region}:${accountId}:managed-instance`
      : `ec2:${region}:${accountId}:instance`;
    return { resource: `arn:aws:${resource}/${id}`, context };
  });
}

/** AWS's own parameters belong to no account. */
function parameterArn(name: string): string {
  const account = name.startsWith("/aws/") ? "" : accountId;
  return `arn:aws:ssm:${region}:${account}:parameter${name}`;
}
