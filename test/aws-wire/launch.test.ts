import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { newRun } from "../../lib/app/new-run.ts";
import { type Ec2Account, ec2Account } from "../fakes/ec2/account.ts";
import { type Ec2Server, ec2Server } from "../fakes/ec2/ec2-server.ts";
import { type SqsServer, sqsServer } from "../fakes/sqs-server.ts";
import { type SsmServer, ssmServer } from "../fakes/ssm-server.ts";
import { type Bundled, bundled } from "../lambdas/bundled.ts";
import { coldStart, type LambdaProcess } from "../lambdas/lambda-process.ts";
import { dynamoEndpoint, type TestTable, testTable } from "./dynamo-table.ts";

const clock = { now: Date.now };
const stock = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";
const limits = { minutes: 30, idleMinutes: 5, bootMinutes: 8, machines: 20 };
const profile = {
  name: "small",
  labels: ["linux"],
  types: ["c7g.large"],
  image: "stock",
  system: "al2023",
  architecture: "arm64",
  market: "spot",
  onDemandFallback: true,
  limits,
};
const config = {
  forges: [{ name: "home", kind: "gitea", url: "http://127.0.0.1:9", token: "/t", allow: [] }],
  profiles: [profile],
  grants: [],
  targets: [],
  apps: [],
  environments: [],
};

let table: TestTable;
let account: Ec2Account;
let ec2: Ec2Server;
let sqs: SqsServer;
let ssm: SsmServer;
let bundle: Bundled;
let dispatch: LambdaProcess;
beforeAll(async () => {
  table = await testTable({ clock });
  account = ec2Account(clock);
  ec2 = await ec2Server(account);
  sqs = await sqsServer(clock, { visibilitySeconds: 360, maxReceives: 5 });
  ssm = await ssmServer({ [stock]: "ami-0123456789abcdef0", "/t": "token" });
  bundle = bundled("lambdas/control.ts", config);
  dispatch = await coldStart(bundle, {
    // DynamoDB Local keeps the tables of each access key apart.
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    TABLE_NAME: table.name,
    QUEUE_URL: sqs.queueUrl,
    DEAD_LETTER_URL: sqs.deadLetterUrl,
    STACK_NAME: "ci",
    SUBNETS: "subnet-a,subnet-b",
    TEMPLATES: "small=lt-0123456789abcdef0:3",
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_ENDPOINT_URL_SSM: ssm.url,
    AWS_ENDPOINT_URL_EC2: ec2.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoEndpoint(),
  });
});
afterAll(async () => {
  dispatch?.kill();
  bundle.remove();
  await Promise.all([table.close(), ec2.close(), sqs.close(), ssm.close()]);
});

it("6-02 the uploaded dispatcher, told of one run twenty times at once, launches one machine for it", async () => {
  const facts = {
    key: "run-1",
    forge: "home",
    scope: "home/7",
    repoId: "7",
    repo: "acme/shop",
    event: "push",
    ref: "refs/heads/main",
    sha: "a".repeat(40),
    jobName: "test",
    labels: ["linux"],
    needs: [],
    profile: "small",
    reason: { code: "test", text: "asked for" },
  };
  await table.store.runs.create(newRun(facts, "queued", clock.now()));
  const body = JSON.stringify({ v: 1, kind: "wake", runKey: "run-1" });
  const record = (n: number) => ({
    messageId: `m${n}`,
    receiptHandle: `h${n}`,
    body,
    attributes: { ApproximateReceiveCount: "1" },
  });
  await Promise.all(Array.from({ length: 20 }, (_, n) => dispatch.invoke({ Records: [record(n)] }, "dispatch")));
  expect(account.machines).toHaveLength(1);
  expect(await table.store.runs.get("run-1")).toMatchObject({ status: "booting" });
  expect(dispatch.logs()).not.toContain('"level":"ERROR"');
});
