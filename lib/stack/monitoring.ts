import { ArnFormat, Duration, Stack } from "aws-cdk-lib";
import type { IHttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import * as sns from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { metricNamespace, stackDimension } from "../../lambdas/metric-names.ts";
import { Budget } from "./budget.ts";
import type { Messages } from "./messages.ts";

export interface MonitoringProps {
  readonly functions: Readonly<Record<"webhook" | "dispatch" | "sweep" | "runnerApi", IFunction>>;
  readonly messages: Messages;
  readonly api: IHttpApi;
  readonly logGroup: ILogGroup;
  readonly alarmEmail: string | undefined;
  readonly dailyBudget: number | undefined;
}

interface AlarmRow {
  /** Heading of docs/runbook.md. */
  readonly heading: string;
  readonly metric: cloudwatch.IMetric;
  readonly above: number;
  /** Periods in a row. */
  readonly for?: number;
  /** Is silence bad? */
  readonly silence?: "bad";
  readonly below?: true;
}

const five = Duration.minutes(5);

/** Alarms that each name a heading of the runbook, and one dashboard. Within what AWS gives for nothing (test/stack counts). */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const errors = this.errorMetric(props.logGroup);
    const topic = new sns.Topic(this, "Alarms", { enforceSSL: true });
    this.letAlarmsPublish(topic);
    if (props.alarmEmail) topic.addSubscription(new EmailSubscription(props.alarmEmail));
    if (props.alarmEmail && props.dailyBudget) {
      new Budget(this, "Budget", { usd: props.dailyBudget, email: props.alarmEmail });
    }
    for (const row of this.alarmRows(props, errors)) this.alarm(row, topic);
    this.dashboard(props, errors);
  }

  /** A topic's own policy takes the place of the usual one, and with it goes CloudWatch's right to publish. */
  private letAlarmsPublish(topic: sns.Topic): void {
    const resource = { service: "cloudwatch", resource: "alarm", resourceName: "*" };
    const alarms = Stack.of(this).formatArn({ ...resource, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { ArnLike: { "aws:SourceArn": alarms } },
      }),
    );
  }

  private alarmRows({ functions, messages, api }: MonitoringProps, errors: cloudwatch.IMetric): readonly AlarmRow[] {
    const { queue, deadLetters } = messages;
    const sum = { statistic: "Sum", period: five };
    return [
      {
        heading: "dead-letters",
        metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: five, statistic: "Maximum" }),
        above: 0,
      },
      {
        heading: "messages-wait",
        metric: queue.metricApproximateAgeOfOldestMessage({ period: five, statistic: "Maximum" }),
        above: 900,
        for: 2,
      },
      {
        heading: "sweep-missing",
        metric: functions.sweep.metricInvocations(sum),
        above: 1,
        below: true,
        for: 3,
        silence: "bad",
      },
      { heading: "errors", metric: errors, above: 5 },
      { heading: "requests-refused", metric: api.metricClientError(sum), above: 50, for: 3 },
      { heading: "requests-failed", metric: api.metricServerError(sum), above: 5 },
      { heading: "launch-shortages", metric: this.own("LaunchShortages"), above: 20, for: 3 },
      { heading: "runs-failed", metric: this.own("RunsFailed"), above: 10 },
    ];
  }

  private alarm({ heading, metric, above, below, silence, ...row }: AlarmRow, topic: sns.ITopic): void {
    const operators = cloudwatch.ComparisonOperator;
    const alarm = new cloudwatch.Alarm(this, heading, {
      alarmDescription: `docs/runbook.md#${heading}`,
      metric,
      threshold: above,
      comparisonOperator: below ? operators.LESS_THAN_THRESHOLD : operators.GREATER_THAN_THRESHOLD,
      evaluationPeriods: row.for ?? 1,
      treatMissingData:
        silence === "bad" ? cloudwatch.TreatMissingData.BREACHING : cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  }

  /** Errors that we wrote down, functions that threw, and those that ran out of time. */
  private errorMetric(logGroup: ILogGroup): cloudwatch.Metric {
    const filter = new MetricFilter(this, "ErrorLines", {
      logGroup,
      metricNamespace,
      metricName: `${Stack.of(this).stackName}-errors`,
      metricValue: "1",
      filterPattern: FilterPattern.any(
        FilterPattern.stringValue("$.level", "=", "ERROR"),
        FilterPattern.stringValue("$.record.status", "=", "timeout"),
      ),
    });
    return filter.metric({ statistic: "Sum", period: five });
  }

  private own(metricName: string): cloudwatch.Metric {
    const dimensionsMap = { [stackDimension]: Stack.of(this).stackName };
    return new cloudwatch.Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap,
      statistic: "Sum",
      period: five,
    });
  }

  private dashboard({ functions, messages, api }: MonitoringProps, errors: cloudwatch.IMetric): void {
    const graph = (title: string, left: cloudwatch.IMetric[]) => new cloudwatch.GraphWidget({ title, left, width: 8 });
    const own = (...names: string[]) => names.map((name) => this.own(name));
    new cloudwatch.Dashboard(this, "Dashboard", {
      defaultInterval: Duration.days(1),
      widgets: [
        [
          graph("Requests", [api.metricCount({ statistic: "Sum" }), api.metricClientError(), api.metricServerError()]),
          graph("Machines", own("MachinesLaunched", "LaunchShortages", "SpotInterruptions")),
          graph("Runs", own("RunsCompleted", "RunsFailed")),
        ],
        [
          graph("Messages", [
            messages.queue.metricApproximateNumberOfMessagesVisible(),
            messages.queue.metricApproximateAgeOfOldestMessage(),
            messages.deadLetters.metricApproximateNumberOfMessagesVisible(),
          ]),
          graph(
            "Functions, p95 in milliseconds",
            Object.values(functions).map((one) => one.metricDuration({ statistic: "p95" })),
          ),
          graph("Errors", [errors, ...own("SweepErrors")]),
        ],
      ],
    });
  }
}
