import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type SqsServer, sqsServer } from "../fakes/sqs-server.ts";
import { type SsmServer, ssmServer } from "../fakes/ssm-server.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { type Bundled, bundled, packagesIn } from "./bundled.ts";
import { coldStart, type LambdaProcess } from "./lambda-process.ts";

const config = {
  forges: [{ name: "home", kind: "gitea", url: "https://git.example.com", secret: "/home/secret", allow: [] }],
};
const push = JSON.stringify({
  ref: "refs/heads/main",
  before: "1".repeat(40),
  after: "2".repeat(40),
  commits: [],
  repository: { id: 7, full_name: "acme/shop" },
  sender: { login: "ada" },
});

let bundle: Bundled;
let sqs: SqsServer;
let ssm: SsmServer;
let lambda: LambdaProcess;
const handler = (event: APIGatewayProxyEventV2) => lambda.invoke<APIGatewayProxyStructuredResultV2>(event);
beforeAll(() => {
  bundle = bundled("lambdas/webhook.ts", config);
});
afterAll(() => bundle.remove());
beforeEach(async () => {
  sqs = await sqsServer(virtualClock(), { visibilitySeconds: 60, maxReceives: 5 });
  ssm = await ssmServer({ "/home/secret": "s3cret" });
  const variables = { QUEUE_URL: sqs.queueUrl, AWS_ENDPOINT_URL_SQS: sqs.url, AWS_ENDPOINT_URL_SSM: ssm.url };
  lambda = await coldStart(bundle, variables);
});
afterEach(async () => {
  lambda.kill();
  await sqs.close();
  await ssm.close();
});

function delivery(body: string | Buffer, changes: { secret?: string; base64?: boolean; forge?: string } = {}) {
  const { secret = "s3cret", base64 = false, forge = "home" } = changes;
  const bytes = Buffer.from(body);
  return {
    pathParameters: { forge },
    headers: {
      "content-type": "application/json",
      "x-gitea-event": "push",
      "x-gitea-event-type": "push",
      "x-gitea-delivery": "00000000-0000-4000-8000-000000000001",
      "x-gitea-signature": createHmac("sha256", secret).update(bytes).digest("hex"),
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`,
    },
    isBase64Encoded: base64,
    body: bytes.toString(base64 ? "base64" : "utf8"),
  } as unknown as APIGatewayProxyEventV2;
}

describe("the webhook function, as it is uploaded", () => {
  it.each([false, true])("1-01 queues a signed push (base64: %s)", async (base64) => {
    expect(await handler(delivery(push, { base64 }))).toMatchObject({ statusCode: 202 });
    expect(JSON.parse(sqs.receive(1)[0]!.body)).toMatchObject({
      v: 1,
      kind: "event",
      envelope: { forge: "home", event: "push", repo: { id: "7", name: "acme/shop" }, ref: "refs/heads/main" },
    });
  });

  it("makes one AWS call for a delivery, beside one for the secrets at its start", async () => {
    for (let n = 0; n < 3; n++) await handler(delivery(push));
    expect(sqs.calls).toEqual(["SendMessage", "SendMessage", "SendMessage"]);
    expect(ssm.calls).toHaveLength(1);
  });

  it.each([
    { because: "another secret", event: delivery(push, { secret: "guess" }) },
    { because: "an unknown forge", event: delivery(push, { forge: "elsewhere" }) },
    { because: "no forge at all", event: { ...delivery(push), pathParameters: undefined } },
    { because: "one byte changed", event: { ...delivery(push), body: push.replace("main", "mail") } },
  ])("answers 401 to $because, and queues nothing", async ({ event }) => {
    expect(await handler(event as APIGatewayProxyEventV2)).toMatchObject({ statusCode: 401 });
    expect(sqs.calls).toEqual([]);
  });

  it("answers 503 when the queue refuses, so that nobody believes it was taken", async () => {
    sqs.failNext(403, "AccessDenied");
    expect(await handler(delivery(push))).toMatchObject({ statusCode: 503 });
  });

  it("answers 503, not 401, when the secrets cannot be read", async () => {
    await ssm.close();
    expect(await handler(delivery(push))).toMatchObject({ statusCode: 503 });
    ssm = await ssmServer();
  });

  it("1-06 does not start without its variables, and names them", async () => {
    await expect(coldStart(bundle, {})).rejects.toThrow("webhook: the environment lacks or has wrong: QUEUE_URL");
  });
});

describe("what the webhook function writes", () => {
  it("holds neither secret nor signature nor body", async () => {
    await handler(delivery(push));
    await handler(delivery(push, { secret: "guess" }));
    expect(lambda.logs()).toContain('"message":"webhook queued"');
    expect(lambda.logs()).toContain('"message":"webhook refused"');
    for (const hush of ["s3cret", "guess", delivery(push).headers["x-gitea-signature"], "2".repeat(40)]) {
      expect(lambda.logs()).not.toContain(hush);
    }
  });
});

describe("the webhook function's bundle", () => {
  it("holds no SDK", () => {
    expect(packagesIn(bundle)).toEqual(["zod"]);
  });

  it("has at most 30 KB when zipped", () => {
    expect(deflateRawSync(readFileSync(bundle.file), { level: 9 }).length).toBeLessThanOrEqual(30_000);
  });
});
