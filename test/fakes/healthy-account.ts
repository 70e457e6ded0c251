import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { configVersion, sourceVersion } from "../../lib/cli/source-version.ts";
import { readConfig } from "../../lib/core/config/read-config.ts";
import { type AwsServer, awsServer } from "./aws-server.ts";

/**
 * An account on which everything is well; tests break one thing of it at a time. The forge's address has to be https, so
 * requests to https://git.example.com are led to a server of this computer.
 */
export interface HealthyAccount {
  readonly aws: AwsServer;
  /** Text of the dayfly.yaml that was deployed. */
  readonly file: string;
  /** Outputs of the stack, by name. */
  readonly outputs: Record<string, string>;
  /** Its SSM parameters. */
  readonly parameters: Map<string, { Type: string; Value: string }>;
  /** How our door and the forge answer, by method and path: status and body. */
  readonly web: Record<string, { status: number; body?: unknown; date?: string }>;
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const ids = {
  template: "lt-0123456789abcdef0",
  group: "sg-0123456789abcdef0",
  subnet: "subnet-0123456789abcdef0",
  vpc: "vpc-0123456789abcdef0",
  stock: "ami-0aaaaaaaaaaaaaaaa",
  own: "ami-0bbbbbbbbbbbbbbbb",
};

export async function healthyAccount(): Promise<HealthyAccount> {
  const web: HealthyAccount["web"] = {
    "POST /runner/claim": { status: 403 },
    "POST /webhook/home": { status: 401 },
    "GET /api/v1/version": { status: 200, body: { version: "1.26.3" } },
    "HEAD /acme-releases": { status: 403 },
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    const { status, body, date } = web[`${request.method} ${path}`] ?? { status: 404 };
    response.writeHead(status, { "content-type": "application/json", ...(date && { date }) });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  web["GET /api/v1/repos/acme/shop/hooks"] = { status: 200, body: [hook(`${url}/webhook/home`)] };

  const file = fileFor();
  const outputs: Record<string, string> = {
    WebhookAddress: `${url}/webhook/`,
    TableName: "dayfly-Runs",
    QueueUrl: "https://sqs.test/queue",
    DeadLetterUrl: "https://sqs.test/dead",
    Version: sourceVersion(process.cwd()),
    ConfigVersion: versionOf(file),
  };
  const parameters = new Map([
    ["/dayfly/home/token", { Type: "SecureString", Value: "f00d".repeat(10) }],
    ["/dayfly/home/secret", { Type: "SecureString", Value: "beef".repeat(16) }],
    ["/imagebuilder/dayfly/arm64", { Type: "String", Value: ids.own }],
    ["/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", { Type: "String", Value: ids.stock }],
  ]);
  const aws = await awsServer(actions(outputs, parameters));
  const realFetch = globalThis.fetch;
  globalThis.fetch = (input, init) =>
    realFetch(
      typeof input === "object" && "method" in input ? input : String(input).replace("https://git.example.com", url),
      init,
    );
  const environment = {
    PATH: process.env.PATH ?? "",
    AWS_ACCESS_KEY_ID: "AKIAFAKE",
    AWS_SECRET_ACCESS_KEY: "fake-s3cret",
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return {
    aws,
    file,
    outputs,
    parameters,
    web,
    environment,
    close: async () => {
      globalThis.fetch = realFetch;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await aws.close();
    },
  };
}

function fileFor(): string {
  return `stack: { region: eu-test-1, zones: [eu-test-1a] }
forges: [{ name: home, kind: gitea, url: https://git.example.com, token: /dayfly/home/token, secret: /dayfly/home/secret, allow: [acme/shop] }]
profiles: [{ name: small, labels: [linux], types: [c7g.large, c7g.xlarge], limits: { machines: 4 } }]
grants: [{ name: release, to: { s3: [acme-releases], ecr: [acme/shop] }, from: { repo: acme/shop, refs: [main] } }]
`;
}

function versionOf(text: string): string {
  const reading = readConfig("dayfly.yaml", text);
  if (reading.kind !== "config") throw new Error(JSON.stringify(reading.problems));
  return configVersion(reading.file);
}

function hook(url: string) {
  const events = ["push", "pull_request", "workflow_job"];
  return { id: 1, type: "gitea", active: true, events, config: { url: `${url}#00000000`, content_type: "json" } };
}

function actions(outputs: HealthyAccount["outputs"], parameters: HealthyAccount["parameters"]): AwsServer["actions"] {
  return {
    GetCallerIdentity: () => ({ Arn: "arn:aws:sts::123456789012:assumed-role/admin/ada", Account: "123456789012" }),
    GetServiceQuota: ({ QuotaCode }) => ({ Quota: { QuotaCode, Value: 64 } }),
    GetRole: () => ({
      Role: {
        Path: "/",
        RoleName: "AWSServiceRoleForEC2Spot",
        RoleId: "AROA",
        Arn: "arn:aws:iam::123456789012:role/x",
        CreateDate: "2026-01-01T00:00:00Z",
      },
    }),
    DescribeStacks: () => ({
      Stacks: [
        {
          StackName: "dayfly",
          StackStatus: "UPDATE_COMPLETE",
          CreationTime: "2026-01-01T00:00:00Z",
          Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
        },
      ],
    }),
    ListStackResources: () => ({ StackResourceSummaries: stackResources }),
    DescribeTable: () => ({ Table: { TableStatus: "ACTIVE" } }),
    Query: () => ({ Count: 0, ScannedCount: 0 }),
    GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: "0" } }),
    GetParameters: ({ Names }) => ({
      Parameters: (Names as string[]).flatMap((Name) =>
        parameters.has(Name) ? [{ Name, ...parameters.get(Name) }] : [],
      ),
    }),
    GetMetricStatistics: () => ({ Datapoints: [{ Timestamp: Date.now() / 1000, Sum: 2 }] }),
    DescribeAlarms: () => ({ MetricAlarms: [] }),
    DescribeLaunchTemplates: () => ({ launchTemplates: [{ launchTemplateId: ids.template }] }),
    DescribeImages: (input) => ({
      imagesSet: [{ imageId: input["ImageId.1"], imageState: "available", creationDate: new Date().toISOString() }],
    }),
    DescribeSecurityGroups: () => ({
      securityGroupInfo: [
        {
          groupId: ids.group,
          ipPermissionsEgress: [{ ipProtocol: "tcp", fromPort: 443, toPort: 443, ipRanges: [{ cidrIp: "0.0.0.0/0" }] }],
        },
      ],
    }),
    DescribeRepositories: ({ repositoryNames }) => ({ repositories: [{ repositoryName: repositoryNames }] }),
    DescribeSubnets: () => ({ subnetSet: [subnet()] }),
    DescribeRouteTables: () => ({ routeTableSet: [routeTable({ gatewayId: "igw-1", state: "active" })] }),
  };
}

export function subnet(change: object = {}) {
  const { subnet: subnetId, vpc: vpcId } = ids;
  const facts = {
    subnetId,
    vpcId,
    availabilityZone: "eu-test-1a",
    mapPublicIpOnLaunch: true,
    availableIpAddressCount: 4000,
  };
  return { ...facts, ...change };
}

export function routeTable(route: object | undefined) {
  const routes = route ? [{ destinationCidrBlock: "0.0.0.0/0", ...route }] : [];
  return { vpcId: ids.vpc, associationSet: [{ subnetId: ids.subnet, main: false }], routeSet: routes };
}

const resource = (LogicalResourceId: string, ResourceType: string, PhysicalResourceId: string) => ({
  LogicalResourceId,
  ResourceType,
  PhysicalResourceId,
  LastUpdatedTimestamp: "2026-01-01T00:00:00Z",
  ResourceStatus: "CREATE_COMPLETE",
});

const stackResources = [
  resource("SweepFunction84CD6127", "AWS::Lambda::Function", "dayfly-SweepFunction"),
  resource("Monitoringdeadletters1", "AWS::CloudWatch::Alarm", "dayfly-dead-letters"),
  resource("ProfilesmallTemplate1", "AWS::EC2::LaunchTemplate", ids.template),
  resource("ProfilesmallGroup1", "AWS::EC2::SecurityGroup", ids.group),
  resource("NetworkVpcmachinesSubnet1Subnet1", "AWS::EC2::Subnet", ids.subnet),
  resource(
    "Imagex64Pipeline1",
    "AWS::ImageBuilder::ImagePipeline",
    "arn:aws:imagebuilder:eu-test-1:1:image-pipeline/of-the-other-processor",
  ),
  resource(
    "Imagearm64Pipeline1",
    "AWS::ImageBuilder::ImagePipeline",
    "arn:aws:imagebuilder:eu-test-1:1:image-pipeline/x",
  ),
];
