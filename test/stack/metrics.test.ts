import { expect, it, jest } from "@jest/globals";
import { jsonLog } from "../../lambdas/json-log.ts";
import { countedMessages, metricNamespace } from "../../lambdas/metric-names.ts";
import { countingLog } from "../../lambdas/powertools-log.ts";
import { resources, synth } from "./synth.ts";

interface Embedded {
  readonly _aws: { readonly CloudWatchMetrics: readonly { Namespace: string; Dimensions: readonly string[][] }[] };
}

const template = synth();
const alarms = [...resources(template, "AWS::CloudWatch::Alarm").values()].map(
  ({ Properties }) =>
    Properties as {
      AlarmDescription: string;
      Namespace?: string;
      MetricName?: string;
      Statistic: string;
      Period: number;
      EvaluationPeriods: number;
      Dimensions?: unknown;
    },
);

/** What a function of that stack writes when a message is counted, in CloudWatch's embedded format. */
function written(stack: string): Embedded & Record<string, unknown> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const log = countingLog("control", stack);
  log.info("launch answered", { outcome: "launched", count: 3, shortage: "pool" });
  log.flush();
  out.mockRestore();
  return JSON.parse(lines.find((line) => line.includes("CloudWatchMetrics")) ?? "{}");
}

it("5-09 alarms watch metrics under the dimension that functions write them with", () => {
  const record = written("dayfly");
  const [{ Namespace, Dimensions } = { Namespace: "", Dimensions: [] }] = record._aws.CloudWatchMetrics;
  const watched = alarms.filter(
    (alarm) => alarm.Namespace === metricNamespace && !alarm.MetricName?.endsWith("-errors"),
  );
  expect(Namespace).toBe(metricNamespace);
  expect(watched).toHaveLength(2);
  for (const alarm of watched) {
    expect(alarm.Dimensions).toEqual(Dimensions[0]?.map((Name) => ({ Name, Value: record[Name] })));
  }
});

it("5-09 alarms watch only metrics that some message counts", () => {
  const counted = Object.values(countedMessages).flatMap((list) => list.map(({ metric }) => metric));
  const own = alarms.filter(({ Namespace }) => Namespace === metricNamespace).map(({ MetricName }) => MetricName);
  expect(own.filter((name) => !counted.includes(String(name)) && name !== "dayfly-errors")).toEqual([]);
});

// Names and dimensions: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html and https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
it("5-09 each alarm watches what its heading says, as AWS calls it, for as long as the heading says", () => {
  const rows = alarms.map((alarm) => [
    alarm.AlarmDescription.replace("docs/runbook.md#", ""),
    `${alarm.Namespace} ${alarm.MetricName} ${alarm.Statistic}`,
    JSON.stringify(alarm.Dimensions ?? []).replace(/[0-9A-F]{8}(?=")/g, ""),
    `${alarm.EvaluationPeriods} x ${alarm.Period}`,
  ]);
  expect(rows).toEqual([
    [
      "dead-letters",
      "AWS/SQS ApproximateNumberOfMessagesVisible Maximum",
      '[{"Name":"QueueName","Value":{"Fn::GetAtt":["MessagesDeadLetters","QueueName"]}}]',
      "1 x 300",
    ],
    [
      "messages-wait",
      "AWS/SQS ApproximateAgeOfOldestMessage Maximum",
      '[{"Name":"QueueName","Value":{"Fn::GetAtt":["MessagesQueue","QueueName"]}}]',
      "2 x 300",
    ],
    [
      "sweep-missing",
      "AWS/Lambda Invocations Sum",
      '[{"Name":"FunctionName","Value":{"Ref":"SweepFunction"}}]',
      "3 x 300",
    ],
    ["errors", "Dayfly dayfly-errors Sum", "[]", "1 x 300"],
    ["requests-refused", "AWS/ApiGateway 4xx Sum", '[{"Name":"ApiId","Value":{"Ref":"DoorApi"}}]', "3 x 300"],
    ["requests-failed", "AWS/ApiGateway 5xx Sum", '[{"Name":"ApiId","Value":{"Ref":"DoorApi"}}]', "1 x 300"],
    ["launch-shortages", "Dayfly LaunchShortages Sum", '[{"Name":"service","Value":"dayfly"}]', "3 x 300"],
    ["runs-failed", "Dayfly RunsFailed Sum", '[{"Name":"service","Value":"dayfly"}]', "1 x 300"],
  ]);
});

it("5-09 what functions write as an error is what the alarm's filter counts, and the platform's own line of one that ran out of time", () => {
  const lines: string[] = [];
  jsonLog((line) => lines.push(line), {}).error("webhook failed");
  jsonLog((line) => lines.push(line), {}).warn("webhook refused");
  const printed = jest.spyOn(console, "error").mockImplementation((line) => lines.push(String(line)) > 0);
  const out = jest.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  countingLog("control", "dayfly").error("message failed");
  printed.mockRestore();
  out.mockRestore();
  const [filter] = [...resources(template, "AWS::Logs::MetricFilter").values()].map(({ Properties }) => Properties);
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(["ERROR", "WARN", "ERROR"]);
  expect(filter).toMatchObject({
    FilterPattern: '{ ($.level = "ERROR") || ($.record.status = "timeout") }',
    MetricTransformations: [{ MetricName: "dayfly-errors", MetricNamespace: metricNamespace, MetricValue: "1" }],
  });
});

it("5-09 the dashboard draws only metrics that somebody writes, and all that alarms watch", () => {
  const [board] = [...resources(template, "AWS::CloudWatch::Dashboard").values()];
  const text = JSON.stringify(board?.Properties.DashboardBody).replaceAll('\\"', '"');
  const own = [...text.matchAll(/\["Dayfly","([\w-]+)"/g)].map(([, name]) => String(name));
  const counted = Object.values(countedMessages).flatMap((list) => list.map(({ metric }) => metric));
  expect(own.filter((name) => !counted.includes(name) && name !== "dayfly-errors")).toEqual([]);
  expect(alarms.map(({ MetricName }) => String(MetricName)).filter((name) => !text.includes(`"${name}"`))).toEqual([
    "Invocations",
  ]);
});
