import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { countedMessages } from "../../lambdas/metric-names.ts";
import { everything, resources, small, stackOf, synth } from "./synth.ts";

const template = synth();
const all = (type: string) => [...resources(template, type).values()].map(({ Properties }) => Properties);
const one = (type: string) => all(type)[0] as Record<string, never>;

describe("the door", () => {
  it("names no route in its stage before that route exists: a first deploy would fail", () => {
    const stage = [...resources(template, "AWS::ApiGatewayV2::Stage").values()][0]!;
    const routes = resources(template, "AWS::ApiGatewayV2::Route");
    expect([...routes.values()].map(({ Properties }) => Properties.RouteKey).sort()).toEqual(
      Object.keys(stage.Properties.RouteSettings as object).sort(),
    );
    expect([stage.DependsOn].flat()).toEqual(expect.arrayContaining([...routes.keys()]));
  });

  it("limits each route by itself, so that a flood on one starves no other", () => {
    expect(one("AWS::ApiGatewayV2::Stage").RouteSettings).toEqual({
      "POST /webhook/{forge}": { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
      "POST /runner/claim": { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 100 },
      "POST /runner/exit": { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 100 },
      "POST /runner/command": { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 100 },
    });
  });

  it("is open as soon as it is deployed, slow for what has no limit of its own, and hands over what the functions read", () => {
    expect(one("AWS::ApiGatewayV2::Stage")).toMatchObject({
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
    });
    expect(new Set(all("AWS::ApiGatewayV2::Integration").map((made) => made.PayloadFormatVersion))).toEqual(
      new Set(["2.0"]),
    );
  });

  it("6-03 lets only signed callers to the machines' routes", () => {
    const types = all("AWS::ApiGatewayV2::Route").map(({ RouteKey, AuthorizationType }) => [
      RouteKey,
      AuthorizationType,
    ]);
    expect(Object.fromEntries(types)).toEqual({
      "POST /webhook/{forge}": "NONE",
      "POST /runner/claim": "AWS_IAM",
      "POST /runner/exit": "AWS_IAM",
      "POST /runner/command": "AWS_IAM",
    });
  });
});

describe("1-01 the functions", () => {
  it("run on arm64 and the newest Node, write one log with a retention, and reserve no concurrency", () => {
    const log = [...resources(template, "AWS::Logs::LogGroup")];
    expect(log).toHaveLength(1);
    expect(log[0]![1].Properties).toMatchObject({ RetentionInDays: 14 });
    const functions = all("AWS::Lambda::Function");
    expect(functions).toHaveLength(4);
    for (const one of functions) {
      expect(one).toMatchObject({ Architectures: ["arm64"], Runtime: "nodejs24.x" });
      expect(one).toMatchObject({ LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: log[0]![0] } } });
      expect(one).not.toHaveProperty("ReservedConcurrentExecutions");
    }
  });

  it("end before whoever waits for them, and never at the platform's mercy", () => {
    const seconds = Object.fromEntries(all("AWS::Lambda::Function").map(({ Handler, Timeout }) => [Handler, Timeout]));
    // The gateway waits for 30 seconds; the door and the runner API share one handler's name.
    expect(seconds).toMatchObject({ "index.dispatch": 60, "index.sweep": 300 });
    const behindTheDoor = all("AWS::Lambda::Function").filter(({ Handler }) => Handler === "index.handler");
    expect(behindTheDoor.map(({ Timeout }) => Number(Timeout) < 30)).toEqual([true, true]);
  });

  it("have a role each", () => {
    const roles = all("AWS::Lambda::Function").map(({ Role }) => JSON.stringify(Role));
    expect(new Set(roles).size).toBe(4);
  });

  it("get no secret, only names of parameters", () => {
    const text = JSON.stringify(all("AWS::Lambda::Function").map(({ Environment }) => Environment));
    expect(text).not.toMatch(/token|secret|password/i);
  });
});

describe("the queue", () => {
  it("5-03 keeps what failed five times, and hides a message six times as long as its handler may take", () => {
    const [handler] = all("AWS::Lambda::Function").filter(({ Handler }) => Handler === "index.dispatch");
    const queue = all("AWS::SQS::Queue").find(({ RedrivePolicy }) => RedrivePolicy) as Record<string, unknown>;
    expect(queue).toMatchObject({
      VisibilityTimeout: 6 * (handler!.Timeout as number),
      RedrivePolicy: { maxReceiveCount: 5 },
    });
  });

  it("5-03 leaves a person two weeks for a dead letter, longer than a message lives", () => {
    const [dead] = all("AWS::SQS::Queue").filter(({ RedrivePolicy }) => RedrivePolicy === undefined);
    const [queue] = all("AWS::SQS::Queue").filter(({ RedrivePolicy }) => RedrivePolicy !== undefined);
    expect([dead?.MessageRetentionPeriod, queue?.MessageRetentionPeriod]).toEqual([14 * 86_400, 4 * 86_400]);
  });

  it("5-03 is read in small batches that report what failed, never by more than four at once", () => {
    expect(one("AWS::Lambda::EventSourceMapping")).toMatchObject({
      BatchSize: 5,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 4 },
    });
  });
});

describe("what lies still", () => {
  it("is encrypted: messages, disks, and rows by DynamoDB's own key, which costs nothing", () => {
    expect(all("AWS::SQS::Queue").map(({ SqsManagedSseEnabled }) => SqsManagedSseEnabled)).toEqual([true, true]);
    const disks = all("AWS::EC2::LaunchTemplate").flatMap(
      ({ LaunchTemplateData }) =>
        (LaunchTemplateData as { BlockDeviceMappings: { Ebs: object }[] }).BlockDeviceMappings,
    );
    expect(disks).toMatchObject([{ Ebs: { Encrypted: true } }]);
    expect(one("AWS::DynamoDB::Table")).not.toHaveProperty("SSESpecification");
  });

  it("travels by TLS only: both queues refuse anything else", () => {
    const refused = all("AWS::SQS::QueuePolicy").map(({ PolicyDocument }) => PolicyDocument);
    expect(refused).toHaveLength(2);
    for (const { Statement } of refused as { Statement: object[] }[]) {
      expect(Statement).toContainEqual(
        expect.objectContaining({
          Effect: "Deny",
          Action: "sqs:*",
          Principal: { AWS: "*" },
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      );
    }
  });
});

describe("the table", () => {
  it("is restorable, forgets what has ended, and stays when the stack goes", () => {
    const [table] = [...resources(template, "AWS::DynamoDB::Table").values()];
    expect(table?.DeletionPolicy).toBe("Retain");
    expect(table?.Properties).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: "expiry", Enabled: true },
      DeletionProtectionEnabled: true,
      KeySchema: [{ AttributeName: "record", KeyType: "HASH" }],
    });
    const indexes = table?.Properties.GlobalSecondaryIndexes as { IndexName: string; Projection: object }[];
    expect(indexes.map(({ IndexName, Projection }) => [IndexName, Projection])).toEqual([
      ["due", { ProjectionType: "KEYS_ONLY" }],
      ["list", { ProjectionType: "ALL" }],
    ]);
  });

  it("goes with the stack when the file asks for it", () => {
    const removed = synth(small.replace("stack: {", "stack: { removeTable: true,"));
    const [table] = [...resources(removed, "AWS::DynamoDB::Table").values()];
    expect(table?.DeletionPolicy).toBe("Delete");
    expect(table?.Properties.DeletionProtectionEnabled).toBe(false);
  });
});

describe("machines", () => {
  it("1-13 can be called by nobody, and call only the profile's ports", () => {
    const opened = synth(small.replace("types:", "egress: [443, 2222], types:"));
    const group = [...resources(opened, "AWS::EC2::SecurityGroup")].find(([id]) => id.startsWith("Profile"))?.[1];
    expect(group?.Properties).not.toHaveProperty("SecurityGroupIngress");
    expect(
      (group!.Properties.SecurityGroupEgress as { FromPort: number; IpProtocol: string }[]).map((rule) => [
        rule.IpProtocol,
        rule.FromPort,
      ]),
    ).toEqual([
      ["tcp", 443],
      ["tcp", 2222],
    ]);
    expect([...resources(opened, "AWS::EC2::SecurityGroupIngress").keys()]).toEqual([]);
  });

  it("1-13 reach a forge on a port of its own", () => {
    const away = synth(small.replace("https://git.example.com", "https://git.example.com:3000"));
    const group = [...resources(away, "AWS::EC2::SecurityGroup")].find(([id]) => id.startsWith("Profile"))?.[1];
    expect(group?.Properties.SecurityGroupEgress).toMatchObject([
      { FromPort: 443, ToPort: 443, IpProtocol: "tcp" },
      { FromPort: 3000, ToPort: 3000, IpProtocol: "tcp" },
    ]);
  });

  it("1-08 end for good when they power off, with an encrypted disk that goes with them", () => {
    expect(one("AWS::EC2::LaunchTemplate").LaunchTemplateData).toMatchObject({
      InstanceInitiatedShutdownBehavior: "terminate",
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, DeleteOnTermination: true, VolumeSize: 30, VolumeType: "gp3" } }],
    });
    expect(one("AWS::EC2::LaunchTemplate").LaunchTemplateData).not.toHaveProperty("InstanceMarketOptions");
  });

  it("hand out their credentials by IMDSv2 only, and no further than the machine itself", () => {
    expect(one("AWS::EC2::LaunchTemplate").LaunchTemplateData).toMatchObject({
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    });
  });

  it("stand in public subnets of the listed zones, without NAT", () => {
    expect(all("AWS::EC2::Subnet").map(({ AvailabilityZone }) => AvailabilityZone)).toEqual([
      "eu-central-1a",
      "eu-central-1b",
    ]);
    expect(all("AWS::EC2::NatGateway")).toEqual([]);
    expect(all("AWS::EC2::EIP")).toEqual([]);
    expect(all("AWS::EC2::Subnet").map(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)).toEqual([true, true]);
    const gateway = [...resources(template, "AWS::EC2::InternetGateway").keys()][0];
    expect(all("AWS::EC2::Route")).toMatchObject(
      Array(2).fill({ DestinationCidrBlock: "0.0.0.0/0", GatewayId: { Ref: gateway } }),
    );
  });

  it("stand in an existing network when the file names one", () => {
    const network = "network: { vpc: vpc-0123456789abcdef0, subnets: [subnet-0123456789abcdef0] }";
    const imported = synth(small.replace("zones: [eu-central-1a, eu-central-1b]", network));
    expect([...resources(imported, "AWS::EC2::VPC").keys()]).toEqual([]);
    const [dispatch] = [...resources(imported, "AWS::Lambda::Function").values()].filter(
      ({ Properties }) => Properties.Handler === "index.dispatch",
    );
    expect(dispatch?.Properties.Environment).toMatchObject({ Variables: { SUBNETS: "subnet-0123456789abcdef0" } });
  });
});

describe("1-14 the clock and EC2's notices", () => {
  it("call the sweep every five minutes, without repeating a failed pass", () => {
    const rule = all("AWS::Events::Rule").find(({ ScheduleExpression }) => ScheduleExpression) as Record<
      string,
      unknown
    >;
    expect(rule.ScheduleExpression).toBe("rate(5 minutes)");
    expect(rule.Targets).toMatchObject([{ Input: '{"action":"cleanup"}', RetryPolicy: { MaximumRetryAttempts: 0 } }]);
  });

  it("are not repeated by Lambda itself either, nor begun late", () => {
    expect(all("AWS::Lambda::EventInvokeConfig")).toMatchObject([
      { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 },
    ]);
    expect(JSON.stringify(one("AWS::Lambda::EventInvokeConfig").FunctionName)).toContain("SweepFunction");
  });

  it("hear of ended, interrupted and endangered machines, and of nothing else", () => {
    const rules = all("AWS::Events::Rule").filter(({ EventPattern }) => EventPattern);
    const source = ["aws.ec2"];
    expect(rules.map(({ EventPattern }) => EventPattern)).toEqual([
      {
        source,
        "detail-type": ["EC2 Instance State-change Notification"],
        detail: { state: ["shutting-down", "terminated"] },
      },
      { source, "detail-type": ["EC2 Spot Instance Interruption Warning"] },
      { source, "detail-type": ["EC2 Instance Rebalance Recommendation"] },
    ]);
    for (const { Targets, State } of rules) {
      expect(State).toBe("ENABLED");
      expect(JSON.stringify(Targets)).toContain("DispatchFunction");
      expect(Targets).toMatchObject([{ RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 900 } }]);
    }
  });
});

describe("5-09 alarms and figures", () => {
  const headings = [...readFileSync("docs/runbook.md", "utf8").matchAll(/^## (.+)$/gm)].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, "")
      .replace(/ /g, "-"),
  );

  it("send every alarm to a heading of the runbook, and to a person", () => {
    for (const { AlarmDescription, AlarmActions } of all("AWS::CloudWatch::Alarm")) {
      expect(headings).toContain(String(AlarmDescription).replace("docs/runbook.md#", ""));
      expect(AlarmActions).toHaveLength(1);
    }
    expect(all("AWS::SNS::Subscription")).toMatchObject([{ Endpoint: "ops@example.com", Protocol: "email" }]);
    expect(all("AWS::Budgets::Budget")).toMatchObject([
      {
        Budget: { BudgetType: "COST", TimeUnit: "DAILY", BudgetLimit: { Amount: 20, Unit: "USD" } },
        NotificationsWithSubscribers: [
          {
            Notification: { NotificationType: "ACTUAL", ComparisonOperator: "GREATER_THAN", Threshold: 100 },
            Subscribers: [{ SubscriptionType: "EMAIL", Address: "ops@example.com" }],
          },
        ],
      },
    ]);
  });

  it("ring for silence only where silence is bad, and for the first dead letter", () => {
    const rows = all("AWS::CloudWatch::Alarm").map(
      ({ AlarmDescription, TreatMissingData, ComparisonOperator, Threshold }) => [
        String(AlarmDescription).replace("docs/runbook.md#", ""),
        TreatMissingData,
        `${ComparisonOperator === "LessThanThreshold" ? "<" : ">"} ${Threshold}`,
      ],
    );
    expect(rows).toEqual([
      ["dead-letters", "notBreaching", "> 0"],
      ["messages-wait", "notBreaching", "> 900"],
      ["sweep-missing", "breaching", "< 1"],
      ["errors", "notBreaching", "> 5"],
      ["requests-refused", "notBreaching", "> 50"],
      ["requests-failed", "notBreaching", "> 5"],
      ["launch-shortages", "notBreaching", "> 20"],
      ["runs-failed", "notBreaching", "> 10"],
    ]);
  });

  it("reach that person: CloudWatch may publish, though the topic has a policy of its own", () => {
    const topics = all("AWS::CloudWatch::Alarm").flatMap(({ AlarmActions }) => AlarmActions);
    const [policy] = all("AWS::SNS::TopicPolicy") as { PolicyDocument: { Statement: object[] } }[];
    expect(policy?.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Allow",
        Action: "sns:Publish",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Resource: topics[0],
      }),
    );
  });

  it("cost nothing: what AWS gives for nothing is ten alarms, ten metrics and three dashboards", () => {
    const watched = all("AWS::CloudWatch::Alarm").map(({ Metrics }) => (Array.isArray(Metrics) ? Metrics.length : 1));
    expect(watched.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(10);
    expect(all("AWS::CloudWatch::Dashboard")).toHaveLength(1);
    const own = new Set(Object.values(countedMessages).flatMap((list) => list.map(({ metric }) => metric)));
    expect(own.size + all("AWS::Logs::MetricFilter").length).toBeLessThanOrEqual(10);
  });
});

describe("at rest", () => {
  it("nothing stands that is billed by the hour or the month: no key, no secret store, no address, no NAT, no running machine", () => {
    const kinds = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    const billed =
      /KMS::Key|SecretsManager|EIP|NatGateway|VPCEndpoint|LoadBalanc|RDS|EC2::Instance$|ElastiCache|AutoScaling|WAF|Kinesis/;
    expect(kinds.filter((kind) => billed.test(kind))).toEqual([]);
  });

  it("costs what docs/costs.md counts: as many alarms, metrics and dashboards, and as many sweeps", () => {
    const page = readFileSync("docs/costs.md", "utf8");
    const own = new Set(Object.values(countedMessages).flatMap((list) => list.map(({ metric }) => metric)));
    const metrics = own.size + all("AWS::Logs::MetricFilter").length;
    for (const line of [
      `| ${all("AWS::CloudWatch::Alarm").length} alarms |`,
      `| ${metrics} metrics of our own |`,
      `| ${all("AWS::CloudWatch::Dashboard").length} dashboard |`,
      `| the sweep: ${(30 * 24 * 60) / 5} starts |`,
    ]) {
      expect(page).toContain(line);
    }
  });

  it("5-08 two images are kept of each kind, no more", () => {
    expect(one("AWS::ImageBuilder::LifecyclePolicy").PolicyDetails).toMatchObject([
      { Filter: { Type: "COUNT", Value: 2 } },
    ]);
  });
});

describe("5-08 the image pipeline", () => {
  it("counts the images of each processor by themselves before it removes one", () => {
    const intel = "{ name: intel, labels: [x], architecture: x64, types: [c7i.large] }";
    const both = synth(small.replace("profiles: [", `profiles: [${intel}, `));
    const properties = (type: string) => [...resources(both, type).values()].map(({ Properties }) => Properties);
    const counted = properties("AWS::ImageBuilder::LifecyclePolicy").map(
      ({ ResourceSelection }) => (ResourceSelection as { TagMap: object }).TagMap,
    );
    const made = properties("AWS::ImageBuilder::ImagePipeline").map(({ ImageTags }) => ImageTags);
    expect(counted).toHaveLength(2);
    expect(counted[0]).not.toEqual(counted[1]);
    expect(made).toEqual(counted.map((tags) => expect.objectContaining(tags)));
  });

  it("builds monthly, under a parameter that its service may write, from a document that fits", () => {
    expect(one("AWS::ImageBuilder::ImagePipeline").Schedule).toMatchObject({ ScheduleExpression: "cron(0 3 1 * ? *)" });
    expect(one("AWS::ImageBuilder::DistributionConfiguration").Distributions).toMatchObject([
      { SsmParameterConfigurations: [{ ParameterName: "/imagebuilder/dayfly/arm64" }] },
    ]);
    expect(String(one("AWS::ImageBuilder::Component").Data).length).toBeLessThanOrEqual(16_000);
  });

  it("builds on a machine that nobody calls, that hides its keys from containers, and that goes when a build fails", () => {
    expect(one("AWS::ImageBuilder::InfrastructureConfiguration")).toMatchObject({
      InstanceMetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
      TerminateInstanceOnFailure: true,
    });
    const group = [...resources(template, "AWS::EC2::SecurityGroup")].find(([id]) => id.startsWith("Image"))?.[1];
    expect(group?.Properties).not.toHaveProperty("SecurityGroupIngress");
    expect(group?.Properties.SecurityGroupEgress).toMatchObject([{ IpProtocol: "tcp", FromPort: 443, ToPort: 443 }]);
  });

  it("is not there when every profile takes the stock image", () => {
    const stock = synth(small.replace("types:", "image: stock, types:"));
    expect([...resources(stock, "AWS::ImageBuilder::ImagePipeline").keys()]).toEqual([]);
  });
});

describe("5-14 two stacks in one account", () => {
  it("share no name", () => {
    const app = new App();
    const stacks = ["one", "two"].map((name) => stackOf(everything.replace("name: everything", `name: ${name}`), app));
    const [a, b] = stacks.map((stack) => namesIn(Template.fromStack(stack)));
    expect(a!.filter((name) => b!.includes(name))).toEqual([]);
    expect(a!.length).toBeGreaterThan(0);
  });
});

/** Physical names that would be taken already: `FunctionName`, `RoleName`, `ParameterName`, … and the `Name` of Image Builder and of documents. */
function namesIn(template: Template): string[] {
  const found: string[] = [];
  const own =
    /^(?:Function|Role|Queue|Table|Topic|Bucket|LogGroup|Dashboard|Alarm|Rule|LaunchTemplate|Parameter|InstanceProfile|Policy|Metric|Budget|Group)Name$/;
  const look = (value: unknown, type: string) => {
    if (value === null || typeof value !== "object") return;
    for (const [key, member] of Object.entries(value)) {
      const named = own.test(key) || (key === "Name" && /^AWS::(ImageBuilder|SSM)::/.test(type));
      if (named && typeof member === "string") found.push(`${type} ${key} ${member}`);
      look(member, type);
    }
  };
  for (const { Type, Properties } of Object.values(
    template.toJSON().Resources as Record<string, { Type: string; Properties: unknown }>,
  )) {
    if (Type !== "AWS::CloudWatch::Alarm" && Type !== "AWS::IAM::Policy") look(Properties, Type);
  }
  return found;
}
