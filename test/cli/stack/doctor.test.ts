import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { checkNode, checkPort } from "../../../lib/cli/stack/doctor-local.ts";
import { checkVersions } from "../../../lib/cli/stack/doctor-versions.ts";
import { examineStack } from "../../../lib/cli/world/world-doctor.ts";
import { type HealthyAccount, healthyAccount, routeTable, subnet } from "../../fakes/healthy-account.ts";
import { dayfly } from "../command-line.ts";

let folder: string;
let account: HealthyAccount;
const before = { ...process.env };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-doctor-"));
  account = await healthyAccount();
  Object.assign(process.env, account.environment);
  writeFileSync(join(folder, "dayfly.yaml"), account.file);
});
afterEach(async () => {
  process.env = { ...before };
  await account.close();
  rmSync(folder, { recursive: true });
});

async function examined(...argv: string[]) {
  const environment = { ...account.environment, DAYFLY_DIR: join(folder, "state") };
  return dayfly(["doctor", ...argv], { folder, checkout: process.cwd(), environment, examineStack });
}

interface Told {
  readonly name: string;
  readonly verdict: string;
  readonly text: string;
  readonly cure?: string;
}

async function told(): Promise<{ code: number; checks: readonly Told[] }> {
  const { code, out } = await examined("--json");
  return { code, checks: JSON.parse(out).checks };
}

describe("5-10 dayfly doctor, where all is well", () => {
  it("says ok to everything that it looks at, and ends with 0", async () => {
    const { code, checks } = await told();
    // Another program may hold the port, and this checkout may be old: neither is the account's matter.
    const ofHere = ["port", "versions"];
    expect(checks.filter(({ name, verdict }) => verdict !== "ok" && !ofHere.includes(name))).toEqual([]);
    expect(code).toBe(0);
    expect(checks.map(({ name }) => name)).toEqual([
      "node",
      "git",
      "folder",
      "port",
      "config",
      "credentials",
      "spot-quota",
      "spot-role",
      "on-demand-quota",
      "parameter /dayfly/home/token",
      "parameter /dayfly/home/secret",
      "stack",
      "drift",
      "versions",
      "table",
      "stale-runs",
      "queue",
      "dead-letters",
      "sweep",
      "alarms",
      "launch-templates",
      "image small",
      "egress small",
      "network subnet-0123456789abcdef0",
      "runner-api",
      "clock",
      "webhook home",
      "forge home",
      "hook home acme/shop",
      "bucket acme-releases",
      "repository acme/shop",
    ]);
  });

  it("prints a line for each, and no value of a secret anywhere", async () => {
    const { out, err } = await examined();
    expect(out).toMatch(/^ok {7}credentials +arn:aws:sts::123456789012:assumed-role\/admin\/ada$/m);
    expect(err).toContain("31 looked at: 0 bad");
    for (const hush of ["f00d", "beef", "fake-s3cret"]) expect(`${out}${err}`).not.toContain(hush);
  });
});

interface Breakage {
  readonly check: string;
  readonly because: string;
  readonly breaks: (account: HealthyAccount) => void;
  readonly verdict?: string;
  readonly says: string;
  readonly cure: string;
}

const gone = (code: string) => () => ({ refused: code });

const breakages: readonly Breakage[] = [
  {
    check: "credentials",
    because: "they have expired",
    breaks: ({ aws }) => (aws.actions.GetCallerIdentity = gone("ExpiredToken")),
    says: "have expired",
    cure: "aws sso login",
  },
  {
    check: "credentials",
    because: "AWS does not know them",
    breaks: ({ aws }) => (aws.actions.GetCallerIdentity = gone("InvalidClientTokenId")),
    says: "does not know",
    cure: "AWS_PROFILE",
  },
  {
    check: "spot-quota",
    because: "a new account has almost none",
    breaks: ({ aws }) => (aws.actions.GetServiceQuota = () => ({ Quota: { Value: 1 } })),
    says: "1 Spot vCPUs is less than one machine of 4",
    cure: "aws --region eu-test-1 service-quotas request-service-quota-increase --service-code ec2 --quota-code L-34B43A08 --desired-value 16",
  },
  {
    check: "on-demand-quota",
    because: "it does not suffice for one machine",
    breaks: ({ aws }) => (aws.actions.GetServiceQuota = () => ({ Quota: { Value: 0 } })),
    says: "0 On-Demand vCPUs is less than one machine of 4",
    cure: "--quota-code L-1216C47A",
  },
  {
    check: "on-demand-quota",
    because: "it is less than the profiles allow",
    breaks: ({ aws }) => (aws.actions.GetServiceQuota = () => ({ Quota: { Value: 5 } })),
    verdict: "warning",
    says: "5 On-Demand vCPUs; the profiles allow machines with 16: jobs will wait",
    cure: "--quota-code L-1216C47A",
  },
  {
    check: "spot-role",
    because: "the account never used Spot",
    breaks: ({ aws }) => (aws.actions.GetRole = gone("NoSuchEntity")),
    verdict: "warning",
    says: "never used Spot",
    cure: "aws --region eu-test-1 iam create-service-linked-role --aws-service-name spot.amazonaws.com",
  },
  {
    check: "parameter /dayfly/home/token",
    because: "it is missing",
    breaks: ({ parameters }) => parameters.delete("/dayfly/home/token"),
    says: "is not there",
    cure: 'read -rs V && printf %s "$V" | aws --region eu-test-1 ssm put-parameter --overwrite --type SecureString --name /dayfly/home/token --value file:///dev/stdin',
  },
  ...["changeme", "<token>", " ", "xxxx", "$TOKEN"].map((Value) => ({
    check: "parameter /dayfly/home/secret",
    because: `it holds ${JSON.stringify(Value)}`,
    breaks: ({ parameters }: HealthyAccount) => {
      parameters.set("/dayfly/home/secret", { Type: "SecureString", Value });
    },
    says: "placeholder",
    cure: "put-parameter",
  })),
  {
    check: "parameter /dayfly/home/secret",
    because: "a line end came along",
    breaks: ({ parameters }) => parameters.set("/dayfly/home/secret", { Type: "SecureString", Value: "beef\n" }),
    says: "line end",
    cure: "put-parameter",
  },
  {
    check: "parameter /dayfly/home/token",
    because: "it is no secret",
    breaks: ({ parameters }) => parameters.set("/dayfly/home/token", { Type: "String", Value: "f00d" }),
    verdict: "warning",
    says: "is a String",
    cure: "Delete it",
  },
  {
    check: "stack",
    because: "there is none",
    breaks: ({ aws }) =>
      (aws.actions.DescribeStacks = () => ({
        refused: "ValidationError",
        message: "Stack with id dayfly does not exist",
      })),
    says: "there is no stack dayfly in eu-test-1",
    cure: "npx cdk deploy",
  },
  {
    check: "stack",
    because: "its last deploy failed",
    breaks: ({ aws }) =>
      (aws.actions.DescribeStacks = () => ({ Stacks: [{ StackStatus: "UPDATE_ROLLBACK_COMPLETE" }] })),
    says: "UPDATE_ROLLBACK_COMPLETE",
    cure: "describe-stack-events",
  },
  {
    check: "stack",
    because: "it is being deployed just now",
    breaks: ({ aws }) => stackIs(aws, "UPDATE_IN_PROGRESS"),
    verdict: "warning",
    says: "UPDATE_IN_PROGRESS",
    cure: "Wait for its end",
  },
  {
    check: "drift",
    because: "the sources have moved on",
    breaks: ({ outputs }) => (outputs.Version = "000000000000"),
    verdict: "warning",
    says: "from other sources",
    cure: "npx cdk deploy",
  },
  {
    check: "drift",
    because: "dayfly.yaml has moved on",
    breaks: ({ outputs }) => (outputs.ConfigVersion = "000000000000"),
    verdict: "warning",
    says: "dayfly.yaml has changed",
    cure: "npx cdk deploy",
  },
  {
    check: "table",
    because: "somebody deleted it",
    breaks: ({ aws }) => (aws.actions.DescribeTable = gone("ResourceNotFoundException")),
    says: "is gone",
    cure: "Restore it",
  },
  {
    check: "table",
    because: "it is being restored",
    breaks: ({ aws }) => (aws.actions.DescribeTable = () => ({ Table: { TableStatus: "CREATING" } })),
    verdict: "warning",
    says: "is CREATING",
    cure: "Wait until it is ACTIVE",
  },
  {
    check: "stale-runs",
    because: "nobody moves two runs on",
    breaks: ({ aws }) => (aws.actions.Query = overdue(2)),
    says: "2 open runs should have moved on more than 15 minutes ago",
    cure: "docs/runbook.md#sweep-missing",
  },
  {
    check: "queue",
    because: "it is long",
    breaks: ({ aws }) => messages(aws, "queue", 500),
    verdict: "warning",
    says: "500 messages wait",
    cure: "docs/runbook.md#messages-wait",
  },
  {
    check: "dead-letters",
    because: "there are some",
    breaks: ({ aws }) => messages(aws, "dead", 2),
    says: "2 messages were given up",
    cure: "docs/runbook.md#dead-letters",
  },
  {
    check: "sweep",
    because: "none has run",
    breaks: ({ aws }) => (aws.actions.GetMetricStatistics = () => ({ Datapoints: [] })),
    says: "no pass in the last ten minutes",
    cure: "aws --region eu-test-1 lambda invoke --function-name dayfly-SweepFunction",
  },
  {
    check: "alarms",
    because: "one rings",
    breaks: ({ aws }) =>
      (aws.actions.DescribeAlarms = () => ({
        MetricAlarms: [{ AlarmName: "dayfly-dead-letters", AlarmDescription: "docs/runbook.md#dead-letters" }],
      })),
    says: "rings: dead-letters",
    cure: "docs/runbook.md#dead-letters",
  },
  {
    check: "launch-templates",
    because: "one is gone",
    breaks: ({ aws }) => (aws.actions.DescribeLaunchTemplates = gone("InvalidLaunchTemplateId.NotFound")),
    says: "is gone",
    cure: "npx cdk deploy",
  },
  {
    check: "image small",
    because: "it was deregistered",
    breaks: ({ aws }) => (aws.actions.DescribeImages = gone("InvalidAMIID.NotFound")),
    says: "is not there",
    cure: "aws --region eu-test-1 imagebuilder start-image-pipeline-execution --image-pipeline-arn arn:aws:imagebuilder:eu-test-1:1:image-pipeline/x",
  },
  {
    check: "image small",
    because: "our own is not built yet",
    breaks: ({ parameters }) => parameters.delete("/imagebuilder/dayfly/arm64"),
    verdict: "warning",
    says: "minutes slower",
    cure: "start-image-pipeline-execution",
  },
  {
    check: "image small",
    because: "it is old",
    breaks: ({ aws }) =>
      (aws.actions.DescribeImages = () => ({
        imagesSet: [{ imageId: "ami-0", imageState: "available", creationDate: "2020-01-01T00:00:00Z" }],
      })),
    verdict: "warning",
    says: "days old",
    cure: "start-image-pipeline-execution",
  },
  {
    check: "image small",
    because: "the region has neither our own nor the stock one",
    breaks: ({ parameters }) => {
      for (const name of parameters.keys()) if (!name.startsWith("/dayfly/")) parameters.delete(name);
    },
    says: "exists in this region",
    cure: "start-image-pipeline-execution",
  },
  {
    check: "egress small",
    because: "the group is gone",
    breaks: ({ aws }) => (aws.actions.DescribeSecurityGroups = () => ({ securityGroupInfo: [] })),
    says: "its security group is gone",
    cure: "npx cdk deploy",
  },
  {
    check: "egress small",
    because: "somebody opened a way in",
    breaks: ({ aws }) => group(aws, { ipPermissions: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22 }] }),
    says: "opened a way in",
    cure: "Remove every inbound rule of sg-0123456789abcdef0",
  },
  {
    check: "egress small",
    because: "somebody closed the way out",
    breaks: ({ aws }) => group(aws, { ipPermissionsEgress: [] }),
    says: "may not call port 443",
    cure: "npx cdk deploy",
  },
  {
    check: "network",
    because: "a subnet is gone",
    breaks: ({ aws }) => (aws.actions.DescribeSubnets = gone("InvalidSubnetID.NotFound")),
    says: "is not there",
    cure: "stack.network",
  },
  {
    check: "network subnet-0123456789abcdef0",
    because: "there is no route",
    breaks: ({ aws }) => (aws.actions.DescribeRouteTables = () => ({ routeTableSet: [routeTable(undefined)] })),
    says: "no way to the internet",
    cure: "default route",
  },
  {
    check: "network subnet-0123456789abcdef0",
    because: "the route leads nowhere",
    breaks: ({ aws }) =>
      (aws.actions.DescribeRouteTables = () => ({
        routeTableSet: [routeTable({ gatewayId: "igw-1", state: "blackhole" })],
      })),
    says: "leads nowhere (igw-1)",
    cure: "gateway that exists",
  },
  {
    check: "network subnet-0123456789abcdef0",
    because: "machines get no address",
    breaks: ({ aws }) =>
      (aws.actions.DescribeSubnets = () => ({ subnetSet: [subnet({ mapPublicIpOnLaunch: false })] })),
    says: "no public address",
    cure: "aws --region eu-test-1 ec2 modify-subnet-attribute --subnet-id subnet-0123456789abcdef0 --map-public-ip-on-launch",
  },
  {
    check: "network subnet-0123456789abcdef0",
    because: "it is full",
    breaks: ({ aws }) =>
      (aws.actions.DescribeSubnets = () => ({ subnetSet: [subnet({ availableIpAddressCount: 2 })] })),
    verdict: "warning",
    says: "2 free addresses",
    cure: "larger subnet",
  },
  {
    check: "runner-api",
    because: "it fails",
    breaks: ({ web }) => (web["POST /runner/claim"] = { status: 500 }),
    says: "answers 500 instead of 403",
    cure: "docs/runbook.md#requests-failed",
  },
  {
    check: "runner-api",
    because: "nobody is there",
    breaks: ({ outputs }) => (outputs.WebhookAddress = "http://127.0.0.1:9/webhook/"),
    says: "does not answer",
    cure: "npx cdk deploy",
  },
  {
    check: "clock",
    because: "this computer's is wrong",
    breaks: ({ web }) =>
      (web["POST /runner/claim"] = { status: 403, date: new Date(Date.now() + 600_000).toUTCString() }),
    says: "s behind",
    cure: "timedatectl",
  },
  {
    check: "webhook home",
    because: "its parameters cannot be read",
    breaks: ({ web }) => (web["POST /webhook/home"] = { status: 503 }),
    says: "answers 503 instead of 401",
    cure: "parameters cannot be read",
  },
  {
    check: "forge home",
    because: "it refuses our token",
    breaks: ({ web }) => (web["GET /api/v1/version"] = { status: 401 }),
    says: "wrong, expired or revoked",
    cure: "/dayfly/home/token",
  },
  {
    check: "forge home",
    because: "it does not answer",
    breaks: ({ web }) => (web["GET /api/v1/version"] = { status: 502 }),
    says: "502",
    cure: "the functions on AWS must reach it as well",
  },
  {
    check: "forge home no-job-list",
    because: "the server is old",
    breaks: ({ web }) => (web["GET /api/v1/version"] = { status: 200, body: { version: "1.24.7" } }),
    verdict: "warning",
    says: "a lost webhook is a lost job",
    cure: "Upgrade",
  },
  {
    check: "hook home acme/shop",
    because: "there is none",
    breaks: ({ web }) => (web["GET /api/v1/repos/acme/shop/hooks"] = { status: 200, body: [] }),
    says: "no webhook leads to http",
    cure: "dayfly hooks add acme/shop",
  },
  {
    check: "hook home acme/shop",
    because: "it is switched off",
    breaks: ({ web }) => hooks(web, { active: false }),
    says: "switched off",
    cure: "dayfly hooks add",
  },
  {
    check: "hook home acme/shop",
    because: "it sends pushes only",
    breaks: ({ web }) => hooks(web, { events: ["push"] }),
    says: "does not send pull_request, workflow_job",
    cure: "dayfly hooks add",
  },
  {
    check: "bucket acme-releases",
    because: "it does not exist",
    breaks: ({ web }) => (web["HEAD /acme-releases"] = { status: 404 }),
    says: "does not exist",
    cure: "aws --region eu-test-1 s3 mb s3://acme-releases",
  },
  {
    check: "repository acme/shop",
    because: "it does not exist",
    breaks: ({ aws }) => (aws.actions.DescribeRepositories = gone("RepositoryNotFoundException")),
    says: "grant release is for an image repository that does not exist here",
    cure: "aws --region eu-test-1 ecr create-repository --repository-name acme/shop",
  },
];

/** What needs no account: how each finding of this computer comes about. */
const breakagesHere = {
  node: async () => checkNode("18.19.1"),
  git: async () => checkHere("git", { environment: { PATH: join(folder, "nothing") } }),
  // Below a file: there not even root can write.
  folder: async () => checkHere("folder", { environment: { DAYFLY_DIR: join(folder, "dayfly.yaml", "state") } }),
  port: () => whileTaken((port) => checkPort(port)),
  config: async () => {
    writeFileSync(join(folder, "dayfly.yaml"), "forges: [{ name: g, kind: gitea }");
    return checkHere("config", { folder });
  },
  versions: async () => {
    mkdirSync(join(folder, "runner-ami"));
    writeFileSync(join(folder, "runner-ami", "versions.env"), "VERSIONS_CHECKED=2026-01-01\n");
    return checkVersions(folder, Date.parse("2026-06-01"));
  },
};

async function checkHere(name: string, over: { folder?: string; environment?: Record<string, string> }) {
  const { out } = await dayfly(["doctor", "--json"], { folder: "/nowhere", examineStack, ...over });
  return (JSON.parse(out).checks as Told[]).find((check) => check.name === name);
}

async function whileTaken<T>(look: (port: number) => Promise<T>): Promise<T> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  try {
    return await look((holder.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
}

/** So many open runs that were due sixteen minutes ago. */
function overdue(count: number): HealthyAccount["aws"]["actions"][string] {
  return ({ IndexName, KeyConditionExpression, ExpressionAttributeValues: values }) => {
    const { ":run": kind, ":long": until } = values as Record<string, { S: string }>;
    const asked =
      [IndexName, KeyConditionExpression, kind?.S].join("; ") === "due; dueKind = :run AND dueOn <= :long; run";
    const isLate = Date.parse(until?.S ?? "") >= Date.now() - 16 * 60_000;
    return { Count: asked && isLate ? count : 0 };
  };
}

function messages(aws: HealthyAccount["aws"], queue: string, count: number): void {
  aws.actions.GetQueueAttributes = ({ QueueUrl }) => ({
    Attributes: { ApproximateNumberOfMessages: String(QueueUrl).endsWith(queue) ? `${count}` : "0" },
  });
}

function stackIs(aws: HealthyAccount["aws"], StackStatus: string): void {
  const usual = aws.actions.DescribeStacks?.({}) as { Stacks: object[] };
  aws.actions.DescribeStacks = () => ({ Stacks: [{ ...usual.Stacks[0], StackStatus }] });
}

function group(aws: HealthyAccount["aws"], change: object): void {
  const usual = aws.actions.DescribeSecurityGroups?.({}) as { securityGroupInfo: object[] };
  aws.actions.DescribeSecurityGroups = () => ({ securityGroupInfo: [{ ...usual.securityGroupInfo[0], ...change }] });
}

function hooks(web: HealthyAccount["web"], change: object): void {
  const key = "GET /api/v1/repos/acme/shop/hooks";
  const [hook] = (web[key] as { body: object[] }).body;
  web[key] = { status: 200, body: [{ ...hook, ...change }] };
}

describe("5-10 dayfly doctor, where one thing is broken", () => {
  it("has been seen to find something wrong with each thing that it looks at", async () => {
    const kind = (name: string) => name.split(" ")[0] ?? "";
    const seen = new Set([...breakages.map(({ check }) => kind(check)), ...Object.keys(breakagesHere)]);
    const { checks } = await told();
    expect(checks.map(({ name }) => kind(name)).filter((name) => !seen.has(name))).toEqual([]);
  });

  it.each(breakages)("$check: $because", async ({ check, breaks, verdict = "bad", says, cure }) => {
    breaks(account);
    const { code, checks } = await told();
    const found = checks.find(({ name }) => name === check);
    expect(found).toMatchObject({ verdict, text: expect.stringContaining(says), cure: expect.stringContaining(cure) });
    expect(code).toBe(verdict === "bad" ? 1 : 0);
  });

  it("goes on where it may not look, says which right it lacks, and ends with 3", async () => {
    account.aws.actions.DescribeAlarms = gone("AccessDenied");
    const { code, checks } = await told();
    expect(checks.find(({ name }) => name === "alarms")).toMatchObject({
      verdict: "unknown",
      text: "these AWS credentials may not do that",
    });
    expect(checks.at(-1)?.name).toBe("repository acme/shop");
    expect(code).toBe(3);
  });

  it.each([
    { refused: "DescribeStacks", last: "stack" },
    { refused: "ListStackResources", last: "stack" },
  ])("says what it could where not even $refused is allowed", async ({ refused, last }) => {
    account.aws.actions[refused] = gone("AccessDenied");
    const { code, checks } = await told();
    expect(checks.at(-1)).toMatchObject({
      name: last,
      verdict: "unknown",
      text: "these AWS credentials may not do that",
    });
    expect(checks.map(({ name }) => name)).toContain("parameter /dayfly/home/secret");
    expect(code).toBe(3);
  });

  it.each([
    { days: 21, verdict: "ok" },
    { days: 22, verdict: "warning" },
  ])("5-08 minds that nobody has looked for newer runners for $days days: $verdict", ({ days, verdict }) => {
    mkdirSync(join(folder, "runner-ami"));
    writeFileSync(join(folder, "runner-ami", "versions.env"), "VERSIONS_CHECKED=2026-01-01\n");
    const now = Date.parse("2026-01-01") + days * 86_400_000;
    expect(checkVersions(folder, now)).toMatchObject({ name: "versions", verdict });
  });

  it("asks AWS for nothing more once it knows that the credentials are no good", async () => {
    account.aws.actions.GetCallerIdentity = gone("ExpiredToken");
    const { checks } = await told();
    expect(checks.at(-1)?.name).toBe("credentials");
    expect(account.aws.calls).toEqual(["GetCallerIdentity"]);
  });
});

describe("5-10 dayfly doctor on one computer", () => {
  it("needs no dayfly.yaml and no AWS", async () => {
    rmSync(join(folder, "dayfly.yaml"));
    const { code, checks } = await told();
    expect({ code, names: checks.map(({ name }) => name) }).toEqual({
      code: 0,
      names: ["node", "git", "folder", "port"],
    });
    expect(account.aws.calls).toEqual([]);
  });

  it.each([
    { check: "node", verdict: "bad", says: "18.19.1 is older than 20.19", cure: "https://nodejs.org" },
    { check: "git", verdict: "bad", says: "no git on the PATH", cure: "Install git." },
    { check: "folder", verdict: "bad", says: "dayfly.yaml/state cannot be written", cure: "--dir" },
    { check: "port", verdict: "warning", says: "is in use", cure: "dayfly start --port 0" },
    { check: "config", verdict: "bad", says: "dayfly.yaml:1", cure: "dayfly docs config" },
    { check: "versions", verdict: "warning", says: "151 days ago", cure: "bump-versions.ts, then npx cdk deploy" },
  ] as const)("finds what is wrong with $check, and says what mends it", async ({ check, verdict, says, cure }) => {
    expect(await breakagesHere[check]()).toMatchObject({
      name: check,
      verdict,
      text: expect.stringContaining(says),
      cure: expect.stringContaining(cure),
    });
  });

  it.each([
    { version: "20.18.9", verdict: "bad" },
    { version: "20.19.0", verdict: "ok" },
    { version: "22.0.0", verdict: "ok" },
  ])("takes Node $version as $verdict", ({ version, verdict }) => {
    expect(checkNode(version).verdict).toBe(verdict);
  });

  it.each([
    { text: "forges: [{ name: g, kind: gitea }", says: "dayfly.yaml:1" },
    {
      text: "stack: { region: eu-central-1 }",
      says: "stack.zones: is missing: zones of the stack's own network, or `network`, and 2 more",
    },
  ])("finds a broken dayfly.yaml: $says", async ({ text, says }) => {
    writeFileSync(join(folder, "dayfly.yaml"), text);
    const { code, checks } = await told();
    expect({ code, last: checks.at(-1) }).toMatchObject({
      code: 1,
      last: { name: "config", verdict: "bad", text: expect.stringContaining(says) },
    });
  });

  it("does not find a file that was named", async () => {
    const { code, out } = await examined("--config", "other.yaml");
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining("other.yaml cannot be read (ENOENT)") });
  });
});
