import { expect, it, jest } from "@jest/globals";
import { countedMessages, metricNamespace } from "../../lambdas/metric-names.ts";
import { countingLog } from "../../lambdas/powertools-log.ts";
import { resources, synth } from "./synth.ts";

interface Embedded {
  readonly _aws: { readonly CloudWatchMetrics: readonly { Namespace: string; Dimensions: readonly string[][] }[] };
}

const alarms = [...resources(synth(), "AWS::CloudWatch::Alarm").values()].map(
  ({ Properties }) => Properties as { Namespace?: string; MetricName?: string; Dimensions?: unknown },
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
