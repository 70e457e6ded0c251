import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bundleMachineCommand } from "../../lib/stack/bundle.ts";
import { type Bundled, bundled } from "./bundled.ts";
import { coldStart, type LambdaProcess } from "./lambda-process.ts";

const config = {
  forges: [{ name: "home", kind: "gitea", url: "https://git.example.com", token: "/home/token", allow: [] }],
  grants: [],
  targets: [],
  apps: [],
  environments: [],
  profiles: [
    { name: "small", labels: ["linux"], types: ["c7g.large"], image: "stock", system: "al2023", architecture: "arm64" },
  ],
};
const nowhere = "http://127.0.0.1:9";
const variables = {
  TABLE_NAME: "runs",
  QUEUE_URL: `${nowhere}/q`,
  DEAD_LETTER_URL: `${nowhere}/d`,
  STACK_NAME: "ci",
  SUBNETS: "subnet-a,subnet-b",
  TEMPLATES: "small=lt-0123456789abcdef0:3",
  RUNNER_ROLES: "arn:aws:iam::123456789012:role/ci-RunnerRole",
  GRANT_ROLES: '{"push-shop":"arn:aws:iam::123456789012:role/ci-Grant"}',
  AWS_ENDPOINT_URL: nowhere,
  AWS_MAX_ATTEMPTS: "1",
};

describe("the functions behind the door, as they are uploaded", () => {
  let control: Bundled;
  let runnerApi: Bundled;
  let lambda: LambdaProcess;
  beforeAll(async () => {
    control = bundled("lambdas/control.ts", config);
    runnerApi = bundled("lambdas/runner-api.ts", config);
    bundleMachineCommand(runnerApi.folder);
    lambda = await coldStart(runnerApi, variables);
  });
  afterAll(() => {
    lambda.kill();
    control.remove();
    runnerApi.remove();
  });

  const call = (userArn: string | undefined, path: string, body: string) =>
    lambda.invoke<{ statusCode: number; body?: string }>({
      rawPath: path,
      body,
      requestContext: { authorizer: { iam: { userArn } } },
    });
  const machine = "arn:aws:sts::123456789012:assumed-role/ci-RunnerRole/i-0123456789abcdef0";

  it("start with their variables, and say what they cannot understand", async () => {
    const dispatch = await coldStart(control, variables);
    expect(await dispatch.invoke({ what: "is this" }, "dispatch")).toBeUndefined();
    expect(dispatch.logs()).toContain("event not understood");
    dispatch.kill();
  });

  it("1-06 do not start without, and name what is missing", async () => {
    const { TABLE_NAME: _none, ...others } = variables;
    await expect(coldStart(control, { ...others, TEMPLATES: "small" })).rejects.toThrow(
      "control: the environment lacks or has wrong: TABLE_NAME, TEMPLATES",
    );
  });

  it.each([
    { who: "another role", arn: machine.replace("ci-RunnerRole", "Admin") },
    { who: "nobody", arn: undefined },
  ])("6-03 answer no machine's question to $who", async ({ arn }) => {
    expect(await call(arn, "/runner/claim", '{"bootId":"11111111-1111-1111-1111-111111111111"}')).toMatchObject({
      statusCode: 403,
    });
  });

  it.each([
    { path: "/runner/claim", body: "{}" },
    { path: "/runner/claim", body: "not JSON" },
    { path: "/runner/claim", body: '{"bootId":"eleven \\n characters"}' },
    { path: "/runner/credentials", body: '{"grant":"Push Shop"}' },
    { path: "/runner/exit", body: '{"bootId":"11111111-1111-1111-1111-111111111111","cause":"gone","code":0}' },
  ])("refuse a body that is not what was asked for: $path $body", async ({ path, body }) => {
    expect(await call(machine, path, body)).toMatchObject({ statusCode: 400 });
  });

  it("hand the dayfly command to a machine, and to nobody else", async () => {
    const { statusCode, body } = await call(machine, "/runner/command", "{}");
    expect({ statusCode, begins: body?.slice(0, 19) }).toEqual({ statusCode: 200, begins: "#!/usr/bin/env node" });
    expect(await call(undefined, "/runner/command", "{}")).toMatchObject({ statusCode: 403 });
  });

  it("1-19 give no credentials without a machine's token, and read no table for that", async () => {
    expect(await call(undefined, "/runner/credentials", '{"grant":"push-shop"}')).toMatchObject({
      statusCode: 401,
      body: expect.stringContaining("no-machine"),
    });
  });

  it("6-03 let nobody on the way keep an answer", async () => {
    const answer = await call(machine, "/runner/claim", "{}");
    expect(answer).toMatchObject({ headers: { "cache-control": "no-store" } });
  });

  it("ask a machine to come again while the table cannot be reached", async () => {
    expect(await call(machine, "/runner/claim", '{"bootId":"11111111-1111-1111-1111-111111111111"}')).toMatchObject({
      statusCode: 503,
    });
  });
});
