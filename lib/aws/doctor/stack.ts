import { type CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import { DescribeAlarmsCommand, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Instant } from "../../core/event.ts";
import { isoOf } from "../../core/iso-time.ts";
import { bad, type Check, ok, warning } from "../../core/report/checkup.ts";
import type { DeployedStack } from "../stack-outputs.ts";
import { tableKeys } from "../store/table.ts";
import type { DoctorClients } from "./clients.ts";

/** What CloudFormation made. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly id: string;
}

const deploy = "npx cdk deploy";

export async function resourcesOf(client: CloudFormationClient, stack: string): Promise<readonly StackResource[]> {
  const found: StackResource[] = [];
  for await (const { StackResourceSummaries } of paginateListStackResources({ client }, { StackName: stack })) {
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId } of StackResourceSummaries ?? []) {
      found.push({ logicalId: LogicalResourceId ?? "", type: ResourceType ?? "", id: PhysicalResourceId ?? "" });
    }
  }
  return found;
}

/** Ids of one kind; `prefix` narrows to one construct. */
export function idsOf(resources: readonly StackResource[], type: string, prefix = ""): readonly string[] {
  return resources.filter((one) => one.type === type && one.logicalId.startsWith(prefix)).map(({ id }) => id);
}

export function checkStack(name: string, region: string, stack: DeployedStack | undefined): Check {
  if (!stack) return bad("stack", `there is no stack ${name} in ${region}`, deploy);
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack.status)) return ok("stack", `${name} is ${stack.status}`);
  if (stack.status.endsWith("IN_PROGRESS"))
    return warning("stack", `${name} is ${stack.status}`, "Wait for its end, then look again.");
  const reason = `aws cloudformation describe-stack-events --stack-name ${name} --max-items 20`;
  return bad("stack", `${name} is ${stack.status}`, `${reason} says why; then ${deploy}`);
}

/** Is what runs there what stands here? */
export function checkDrift(stack: DeployedStack, here: { readonly version: string; readonly config: string }): Check {
  if (stack.outputs.get("Version") !== here.version)
    return warning("drift", "the stack was deployed from other sources than these", deploy);
  if (stack.outputs.get("ConfigVersion") !== here.config)
    return warning("drift", "dayfly.yaml has changed since it was deployed", deploy);
  return ok("drift", "the stack is what these sources and this dayfly.yaml make");
}

export async function checkTable({ dynamodb }: DoctorClients, table: string): Promise<Check> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
    if (Table?.TableStatus === "ACTIVE") return ok("table", `${table} is ACTIVE`);
    return warning("table", `${table} is ${Table?.TableStatus}`, "Wait until it is ACTIVE.");
  } catch (error) {
    if (!(error instanceof Error && error.name === "ResourceNotFoundException")) throw error;
    return bad("table", `the table ${table} is gone`, `Restore it from its backup, or remove the stack and ${deploy}`);
  }
}

/** Three sweeps: each looks at the most overdue first. */
const staleMs = 15 * 60_000;
/** Of so many it is told how many there are, of more only that. */
const countedRuns = 100;

/** Is there a run that nobody has moved on since it was due? Every open one has a time at which it is looked at again. */
export async function checkStaleRuns({ dynamodb }: DoctorClients, table: string, now: Instant): Promise<Check> {
  const { due } = tableKeys.indexes;
  const { Count: count = 0 } = await dynamodb.send(
    new QueryCommand({
      TableName: table,
      IndexName: "due",
      Select: "COUNT",
      KeyConditionExpression: `${due.partition} = :run AND ${due.sort} <= :long`,
      ExpressionAttributeValues: { ":run": { S: "run" }, ":long": { S: isoOf(now - staleMs) } },
      Limit: countedRuns,
    }),
  );
  if (count === 0) return ok("stale-runs", "none");
  const many = count === countedRuns ? `${count} or more` : String(count);
  const text = `${many} open runs should have moved on more than 15 minutes ago`;
  return bad(
    "stale-runs",
    text,
    "`dayfly runs --stack` has their reasons; docs/runbook.md#sweep-missing moves them on.",
  );
}

const manyMessages = 100;

export async function checkQueue({ sqs }: DoctorClients, url: string): Promise<Check> {
  const waiting = await messagesIn(sqs, url);
  const text = `${waiting} messages wait`;
  if (waiting <= manyMessages) return ok("queue", text);
  return warning("queue", text, "docs/runbook.md#messages-wait says what holds them up.");
}

export async function checkDeadLetters({ sqs }: DoctorClients, url: string): Promise<Check> {
  const dead = await messagesIn(sqs, url);
  if (dead === 0) return ok("dead-letters", "none");
  return bad(
    "dead-letters",
    `${dead} messages were given up`,
    "docs/runbook.md#dead-letters shows why, and how to try again.",
  );
}

async function messagesIn(sqs: DoctorClients["sqs"], url: string): Promise<number> {
  const wanted = { QueueUrl: url, AttributeNames: ["ApproximateNumberOfMessages"] };
  const { Attributes } = await sqs.call("GetQueueAttributes", wanted);
  return Number((Attributes as Readonly<Record<string, string>> | undefined)?.ApproximateNumberOfMessages ?? 0);
}

const sweepWindowMs = 10 * 60_000;

/** Metrics come some minutes late, the sweep every five: one within ten minutes is enough. */
export async function checkSweep({ cloudwatch }: DoctorClients, sweep: string, now: Instant): Promise<Check> {
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/Lambda",
      MetricName: "Invocations",
      Dimensions: [{ Name: "FunctionName", Value: sweep }],
      StartTime: new Date(now - sweepWindowMs),
      EndTime: new Date(now),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  const passes = Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  if (passes > 0) return ok("sweep", `${passes} passes in the last ten minutes`);
  const byHand = `aws lambda invoke --function-name ${sweep} --cli-binary-format raw-in-base64-out --payload '{"action":"cleanup"}' /dev/stdout`;
  return bad("sweep", "no pass in the last ten minutes", `docs/runbook.md#sweep-missing; by hand: ${byHand}`);
}

export async function checkAlarms({ cloudwatch }: DoctorClients, names: readonly string[]): Promise<Check> {
  const AlarmNames = names.slice(0, 100);
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames, StateValue: "ALARM" }));
  if (MetricAlarms.length === 0) return ok("alarms", `${names.length} alarms are quiet`);
  const headings = MetricAlarms.map(({ AlarmDescription = "" }) => AlarmDescription.replace(/^.*#/, ""));
  return bad("alarms", `rings: ${headings.join(", ")}`, `docs/runbook.md#${headings[0]}`);
}
