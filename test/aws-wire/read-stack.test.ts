import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openStack } from "../../lib/cli/world/world-stack.ts";
import { dayfly } from "../cli/command-line.ts";
import { endedRun, queuedRun } from "../contracts/samples.ts";
import { type AwsServer, awsServer } from "../fakes/aws-server.ts";
import { dynamoEndpoint, type TestTable, testTable } from "./dynamo-table.ts";

let table: TestTable;
let aws: AwsServer;
const before = { ...process.env };

beforeEach(async () => {
  table = await testTable();
  aws = await awsServer({
    DescribeStacks: ({ StackName }) =>
      StackName === "dayfly"
        ? {
            Stacks: [
              { StackStatus: "UPDATE_COMPLETE", Outputs: [{ OutputKey: "TableName", OutputValue: table.name }] },
            ],
          }
        : { refused: "ValidationError", message: `Stack with id ${StackName} does not exist` },
  });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_CLOUDFORMATION: aws.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoEndpoint(),
    AWS_EC2_METADATA_DISABLED: "true",
  });
  await table.store.runs.create(queuedRun({ key: "aaaa1111" }));
  await table.store.runs.create(endedRun({ key: "bbbb2222" }));
});

afterEach(async () => {
  process.env = { ...before };
  await table.close();
  await aws.close();
});

const ask = (...argv: string[]) => dayfly(argv, { openStack });

describe("5-10 the command line over a stack's table", () => {
  it.each([
    { by: "its stack", flags: () => ["--stack", "dayfly", "--region", "eu-test-1"] },
    { by: "its own name", flags: () => ["--table", table.name, "--region", "eu-test-1"] },
  ])("lists the runs of a table found by $by", async ({ flags }) => {
    const { code, out } = await ask("runs", "--json", ...flags());
    const keys = JSON.parse(out).runs.map(({ key }: { key: string }) => key);
    expect({ code, keys: keys.sort() }).toEqual({ code: 0, keys: ["aaaa1111", "bbbb2222"] });
  });

  it("shows one run, found by the first digits of its key", async () => {
    const { code, out } = await ask("runs", "show", "bbbb", "--stack", "dayfly", "--region", "eu-test-1");
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("bbbb2222") });
  });

  it("serves the page on this computer, which only looks", async () => {
    const stop = new AbortController();
    const said = { out: "" };
    const running = dayfly(["dashboard", "--table", table.name, "--region", "eu-test-1", "--port", "0"], {
      openStack,
      untilInterrupted: () => stop.signal,
      onPrint: (text) => {
        said.out += text;
      },
    });
    while (!said.out.includes("\n")) await new Promise((resolve) => setImmediate(resolve));
    const url = said.out.trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(url)).text()).toContain("/runs/aaaa1111");
    const cancel = await fetch(`${url}runs/aaaa1111/cancel`, { method: "POST", headers: { origin: url.slice(0, -1) } });
    expect({ status: cancel.status, text: await cancel.text() }).toEqual({
      status: 409,
      text: expect.stringContaining("only looks at the table"),
    });
    expect((await table.store.runs.get("aaaa1111"))?.status).toBe("queued");
    stop.abort();
    expect(await running).toMatchObject({ code: 0 });
  });

  it.each<{ because: string; flags: () => string[]; breaks?: () => void; code: number; says: string }>([
    {
      because: "there is no such stack",
      flags: () => ["--stack", "other", "--region", "eu-test-1"],
      code: 2,
      says: "error there is no stack other\nwhere region eu-test-1 of your account\n   do Check --stack, --region and AWS_PROFILE",
    },
    {
      because: "it is somebody else's stack",
      flags: () => ["--stack", "dayfly"],
      breaks: () => {
        process.env.AWS_REGION = "eu-test-1";
        aws.actions.DescribeStacks = () => ({ Stacks: [{ StackStatus: "CREATE_COMPLETE" }] });
      },
      code: 2,
      says: "stack dayfly is none of Dayfly's",
    },
    {
      because: "there is no such table, or the region is another",
      flags: () => ["--table", "elsewhere", "--region", "eu-test-1"],
      code: 2,
      says: "error there is no such table\nwhere table elsewhere in eu-test-1\n   do Check --table and --region",
    },
    { because: "no region is set", flags: () => ["--stack", "dayfly"], code: 3, says: "error no AWS region is set" },
    {
      because: "there are no credentials",
      flags: () => ["--stack", "dayfly", "--region", "eu-test-1"],
      breaks: () => {
        delete process.env.AWS_ACCESS_KEY_ID;
        Object.assign(process.env, { AWS_SHARED_CREDENTIALS_FILE: "/nowhere", AWS_CONFIG_FILE: "/nowhere" });
      },
      code: 3,
      says: "error there are no AWS credentials here",
    },
    ...(["ExpiredToken", "InvalidClientTokenId", "AccessDenied", "Throttling"] as const).map((refused) => ({
      because: `AWS answers ${refused}`,
      flags: () => ["--stack", "dayfly", "--region", "eu-test-1"],
      breaks: () => {
        aws.actions.DescribeStacks = () => ({ refused, message: "no" });
      },
      code: 3,
      says: {
        ExpiredToken: "error the AWS credentials have expired\nwhere stack dayfly in eu-test-1\n   do Sign in again",
        InvalidClientTokenId: "error AWS does not know these credentials",
        AccessDenied: "error these AWS credentials may not do that",
        Throttling: "error AWS is throttling this account's calls",
      }[refused],
    })),
    {
      because: "nobody answers",
      flags: () => ["--table", table.name, "--region", "eu-test-1"],
      breaks: () => {
        process.env.AWS_ENDPOINT_URL_DYNAMODB = "http://127.0.0.1:9";
      },
      code: 3,
      says: "error AWS cannot be reached",
    },
  ])("says in one sentence that $because, and what to do", async ({ flags, breaks, code, says }) => {
    breaks?.();
    const said = await ask("runs", ...flags());
    expect(said).toMatchObject({ code, out: "" });
    expect(said.err).toContain(says);
  });
});
