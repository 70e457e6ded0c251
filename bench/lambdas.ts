/**
 * Size, start and time per event of each function as it is uploaded: `npm run bench:lambdas`. Writes bench/lambdas.json, from which
 * docs/benchmarks.md is generated (npm run docs).
 *
 * Each start is a fresh process of this computer's Node; the services that it calls are a stub on loopback that answers at once.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { bundleLambda } from "../lib/stack/bundle.ts";
import { coldStart } from "../test/lambdas/lambda-process.ts";

const starts = Number(process.env.STARTS ?? 15);
const events = Number(process.env.EVENTS ?? 300);

const config = {
  forges: [
    { name: "home", kind: "gitea", url: "http://127.0.0.1:9", token: "/home/token", secret: "/home/secret", allow: [] },
  ],
  profiles: [],
  grants: [],
  targets: [],
  apps: [],
  environments: [],
};

const body = JSON.stringify({
  ref: "refs/heads/main",
  before: "1".repeat(40),
  after: "2".repeat(40),
  repository: { id: 7, full_name: "acme/shop" },
  sender: { login: "ada" },
});
const digest = createHmac("sha256", "s3cret").update(body).digest("hex");
const delivery = {
  pathParameters: { forge: "home" },
  headers: {
    "content-type": "application/json",
    "x-gitea-event": "push",
    "x-gitea-delivery": "1",
    "x-gitea-signature": digest,
    "x-hub-signature-256": `sha256=${digest}`,
  },
  body,
};
const wake = JSON.stringify({ v: 1, kind: "wake", runKey: "none" });
const message = { messageId: "m", receiptHandle: "h", body: wake, attributes: { ApproximateReceiveCount: "1" } };
const claim = {
  rawPath: "/runner/claim",
  headers: {},
  body: JSON.stringify({ bootId: "11111111-1111-4111-8111-111111111111" }),
  requestContext: {
    authorizer: { iam: { userArn: "arn:aws:sts::123456789012:assumed-role/Runner/i-0123456789abcdef0" } },
  },
};

const list = {
  rawPath: "/api/deploys",
  headers: { authorization: `Bearer ${"0".repeat(64)}` },
  requestContext: { http: { method: "GET" } },
};

/** One event that is typical and ends well without a world behind it. */
const functions = [
  { name: "webhook", handler: "handler", does: "a signed push is checked and queued", event: delivery },
  { name: "control", handler: "dispatch", does: "a wake-up reads its row", event: { Records: [message] } },
  { name: "runner-api", handler: "handler", does: "a claim reads its machine and EC2's list", event: claim },
  { name: "deploy-api", handler: "handler", does: "a token that nobody knows is looked up", event: list },
];

const load = loadavg()[0] ?? 0;
const stub = await startStub();
const floor = await measureFloor();
const measured = [];
for (const { name, handler, does, event } of functions) {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-bench-"));
  bundleLambda(`lambdas/${name}.ts`, folder, config);
  const code = readFileSync(join(folder, "index.js"));
  const times: number[] = [];
  const processor: number[] = [];
  const first: number[] = [];
  for (let n = 0; n < starts; n++) {
    const started = await coldStart({ folder }, variables(stub.url));
    times.push(started.startMilliseconds);
    processor.push(started.startProcessorMilliseconds);
    await started.invoke(event, handler);
    first.push(started.usedMilliseconds());
    started.kill();
  }
  const warm = await coldStart({ folder }, variables(stub.url));
  const each: number[] = [];
  for (let n = 0; n < events; n++) {
    const from = performance.now();
    await warm.invoke(event, handler);
    // The first ones load what is loaded late.
    if (n >= events / 10) each.push(performance.now() - from);
  }
  warm.kill();
  rmSync(folder, { recursive: true });
  const bytes = { raw: code.length, zipped: deflateRawSync(code, { level: 9 }).length };
  const spreads = { start: spread(times), processor: spread(processor), first: spread(first), event: spread(each) };
  measured.push({ name, does, bytes, ...spreads });
  console.log(JSON.stringify(measured.at(-1)));
}
stub.close();
const machine = `${cpus().length} cores at load ${load.toFixed(0)}, Node ${process.version.slice(1)}`;
const date = new Date().toISOString().slice(0, 10);
writeFileSync(
  "bench/lambdas.json",
  `${JSON.stringify({ machine, date, starts, events, floor, functions: measured }, undefined, 2)}\n`,
);

/** The start of a handler that does nothing: what no code of ours can save. */
async function measureFloor() {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-bench-"));
  writeFileSync(join(folder, "index.js"), "exports.handler = async () => ({});\n");
  const times: number[] = [];
  const processor: number[] = [];
  for (let n = 0; n < starts; n++) {
    const started = await coldStart({ folder }, {});
    times.push(started.startMilliseconds);
    processor.push(started.startProcessorMilliseconds);
    started.kill();
  }
  rmSync(folder, { recursive: true });
  return { start: spread(times), processor: spread(processor) };
}

/** Milliseconds. The least is what the code costs; the middle is what this computer was busy with besides. */
function spread(times: readonly number[]): { least: number; middle: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const round = (time = 0) => Math.round(time * 100) / 100;
  return { least: round(sorted[0]), middle: round(sorted[Math.floor(sorted.length / 2)]) };
}

function variables(url: string): Readonly<Record<string, string>> {
  return {
    TABLE_NAME: "runs",
    QUEUE_URL: `${url}/queue`,
    DEAD_LETTER_URL: `${url}/dead`,
    STACK_NAME: "bench",
    SUBNETS: "subnet-a",
    TEMPLATES: "small=lt-0123456789abcdef0:1",
    RUNNER_ROLES: "arn:aws:iam::123456789012:role/Runner",
    GRANT_ROLES: "{}",
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ENDPOINT_URL_EC2: url,
    AWS_ENDPOINT_URL_DYNAMODB: url,
  };
}

async function startStub(): Promise<{ readonly url: string; close(): void }> {
  const parameters = ["/home/token", "/home/secret"].map((Name) => ({ Name, Value: "s3cret" }));
  const instances =
    '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet/></DescribeInstancesResponse>';
  const server = createServer((request, response) => {
    const target = String(request.headers["x-amz-target"] ?? "");
    request.resume().on("end", () => {
      const type = target === "" ? "text/xml" : "application/x-amz-json-1.0";
      response.writeHead(200, { "content-type": type });
      if (target === "") response.end(instances);
      else response.end(target.startsWith("AmazonSSM") ? JSON.stringify({ Parameters: parameters }) : "{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
