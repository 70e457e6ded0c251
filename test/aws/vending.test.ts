import { STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { stsVending } from "../../lib/aws/vending.ts";
import { type StsServer, stsServer } from "../fakes/sts-server.ts";

const role = "arn:aws:iam::123456789012:role/dayfly-Grant-push-shop";
let server: StsServer;
let sts: STSClient;

beforeEach(async () => {
  server = await stsServer();
  const credentials = { accessKeyId: "AKIAFAKE", secretAccessKey: "fake" };
  sts = new STSClient({ region: "eu-test-1", endpoint: server.url, credentials, maxAttempts: 1 });
});
afterEach(async () => {
  sts.destroy();
  await server.close();
});

describe("sessions of a grant's role", () => {
  it("are assumed for the grant's own role, under the name and for the time that were asked for", async () => {
    const keys = await stsVending(sts, new Map([["push-shop", role]])).vend("push-shop", "dayfly-i-1", 900);
    expect(server.calls).toMatchObject([
      { Action: "AssumeRole", RoleArn: role, RoleSessionName: "dayfly-i-1", DurationSeconds: "900" },
    ]);
    expect(keys).toEqual({
      accessKeyId: "ASIAFAKE",
      secretAccessKey: "vended-s3cret",
      sessionToken: "vended-t0ken",
      expiresAt: expect.any(Number),
    });
  });

  it("are not made for a grant that the stack has no role for", async () => {
    await expect(stsVending(sts, new Map()).vend("push-shop", "dayfly-i-1", 900)).rejects.toThrow("deploy it again");
    expect(server.calls).toEqual([]);
  });

  it.each([
    { code: "AccessDenied", status: 403, retryable: false },
    { code: "Throttling", status: 400, retryable: true },
  ])("that AWS refuses with $code are told by code, without what was sent", async ({ code, status, retryable }) => {
    server.failNext(status, code);
    const vending = stsVending(sts, new Map([["push-shop", role]]));
    const failure = await vending.vend("push-shop", "dayfly-i-1", 900).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: `sts AssumeRole for grant push-shop: ${code}`, retryable });
  });
});
