import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { administratorCall } from "../../../lambdas/administrator-call.ts";
import { answerDeployCall } from "../../../lib/app/deploy/deploy-routes.ts";
import { openStackDeploys } from "../../../lib/cli/world/world-stack-deploys.ts";
import { type AwsServer, awsServer } from "../../fakes/aws-server.ts";
import { checkSignature } from "../../fakes/gateway/signature.ts";
import { memoryDeployWorld } from "../../world/deploy-world.ts";
import { dayfly } from "../command-line.ts";

const identity = {
  accessKeyId: "AKIAADMIN",
  secretAccessKey: "admin/secret",
  sessionToken: "admin-token",
  arn: "arn:aws:sts::123456789012:assumed-role/admin/ada",
  expiresAt: Number.MAX_SAFE_INTEGER,
};
const functionName = "dayfly-DeploysApiFunction-1A2B";
const before = { ...process.env };

let world: ReturnType<typeof memoryDeployWorld>;
let cloudFormation: AwsServer;
let lambda: Server;
let trouble: { status: number; headers: Record<string, string> } | undefined;

beforeEach(async () => {
  world = memoryDeployWorld();
  trouble = undefined;
  const outputs = [{ OutputKey: "DeployApi", OutputValue: functionName }];
  cloudFormation = await awsServer({
    DescribeStacks: ({ StackName }) =>
      StackName === "other"
        ? { refused: "ValidationError", message: "Stack with id other does not exist" }
        : { Stacks: [{ StackStatus: "UPDATE_COMPLETE", Outputs: StackName === "dayfly" ? outputs : [] }] },
  });
  lambda = await lambdaService();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    AWS_SESSION_TOKEN: identity.sessionToken,
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url,
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
    AWS_EC2_METADATA_DISABLED: "true",
  });
});

afterEach(async () => {
  process.env = { ...before };
  await cloudFormation.close();
  lambda.closeAllConnections();
  await new Promise((resolve) => lambda.close(resolve));
});

/** The function of the deploy API behind the Lambda service, which lets in whoever has signed with the administrator's key. */
async function lambdaService(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const signed = checkSignature(
      { method: request.method ?? "", target: request.url ?? "", headers, body },
      { region: "eu-test-1", service: "lambda", now: Date.now(), find: () => identity },
    );
    if (signed.kind === "refused") return response.writeHead(403).end(signed.because);
    if (request.url !== `/2015-03-31/functions/${functionName}/invocations`) return response.writeHead(404).end();
    if (trouble) return response.writeHead(trouble.status, trouble.headers).end("{}");
    const call = administratorCall(JSON.parse(body.toString("utf8")));
    if (!call) return response.writeHead(200).end("null");
    world.clock.advance(5);
    const answer = await answerDeployCall(world, call.asker, call.call);
    return response
      .writeHead(200)
      .end(JSON.stringify({ statusCode: answer.status, body: JSON.stringify(answer.body) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const ask = (...argv: string[]) =>
  dayfly([...argv, "--stack", "dayfly", "--region", "eu-test-1"], {
    openStackDeploys,
    environment: { USER: "ada lovelace", DAYFLY_API: "http://127.0.0.1:9" },
  });

describe("the deploy commands as the administrator of a stack", () => {
  it("2-23 make, list and revoke tokens", async () => {
    const made = await ask("token", "create", "laptop", "--app", "shop", "--env", "pr-*");
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^dfa_[0-9a-f]{64}\n$/) });
    expect(await ask("token", "list")).toMatchObject({ code: 0, out: expect.stringContaining("laptop") });
    expect(await ask("token", "revoke", "laptop")).toMatchObject({ code: 0, out: "laptop is revoked\n" });
  });

  it("deploy, follow, approve and show, and the audit says who", async () => {
    const deployed = await ask("deploy", "shop", "dev", "v1.0.0", "--commit", "1".repeat(40), "--wait");
    expect(deployed).toMatchObject({ code: 0, out: expect.stringContaining("deployed") });
    expect(world.deploys.all()).toMatchObject([{ by: "ada-lovelace", status: "deployed" }]);
    expect(await ask("env", "show", "shop", "dev")).toMatchObject({ code: 0, out: expect.stringContaining("v1.0.0") });
    expect(await ask("approve", "ffff")).toMatchObject({ code: 2, err: expect.stringContaining("no such deploy") });
  });

  it.each([
    { argv: ["--stack", "other"], code: 2, says: "there is no stack other" },
    { argv: ["--stack", "plain"], code: 2, says: "stack plain has no deploy API" },
  ])("say what is wrong with $argv", async ({ argv, code, says }) => {
    const answer = await dayfly(["env", "list", ...argv, "--region", "eu-test-1"], { openStackDeploys });
    expect(answer).toMatchObject({ code, err: expect.stringContaining(says) });
  });

  it.each([
    {
      given: "no right",
      status: 403,
      headers: { "x-amzn-errortype": "AccessDeniedException:" },
      says: "may not do that",
    },
    {
      given: "keys that have expired",
      status: 403,
      headers: { "x-amzn-errortype": "ExpiredTokenException" },
      says: "have expired",
    },
    {
      given: "a function that fails",
      status: 200,
      headers: { "x-amz-function-error": "Unhandled" },
      says: "the function failed",
    },
  ])("end with 3 for $given", async ({ status, headers, says }) => {
    trouble = { status, headers: Object.fromEntries(Object.entries(headers)) };
    expect(await ask("token", "list")).toMatchObject({ code: 3, err: expect.stringContaining(says) });
  });

  it("need --stack beside --region, and take no other world then", async () => {
    const answer = await dayfly(["token", "list", "--region", "eu-test-1"]);
    expect(answer).toMatchObject({ code: 2, err: expect.stringContaining("--region") });
  });
});
