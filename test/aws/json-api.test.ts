import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { jsonApi } from "../../lib/aws/json-api.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

interface Heard {
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** A service that gives these answers in turn, the last one for ever; 0 breaks the connection, 1 never answers, 2 never ends its answer. */
async function service(answers: readonly { status: number; body?: object }[], timeoutMilliseconds = 60_000) {
  const heard: Heard[] = [];
  const made = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, body } = answers[Math.min(heard.length, answers.length - 1)]!;
    heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
    if (status === 0) request.socket.destroy();
    else if (status === 2) response.writeHead(200).write('{"MessageId":');
    else if (status !== 1) response.writeHead(status).end(JSON.stringify(body ?? {}));
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  const access = {
    region: "eu-test-1",
    accessKeyId: "AKIAFAKE",
    secretAccessKey: "hush",
    sessionToken: "st",
    endpoint,
    timeoutMilliseconds,
  };
  return { heard, sqs: jsonApi("sqs", access) };
}

describe("a call of a JSON service", () => {
  it("is signed for its service and region, and tells no key", async () => {
    const { heard, sqs } = await service([{ status: 200, body: { MessageId: "1" } }]);
    expect(await sqs.call("SendMessage", { MessageBody: "x" })).toEqual({ MessageId: "1" });
    expect(heard[0]?.headers).toMatchObject({
      "x-amz-target": "AmazonSQS.SendMessage",
      "x-amz-security-token": "st",
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIAFAKE\/\d{8}\/eu-test-1\/sqs\/aws4_request/,
      ),
    });
    expect(JSON.stringify(heard)).not.toContain("hush");
  });

  it.each([
    { because: "a broken connection", first: { status: 0 } },
    { because: "a server error", first: { status: 500 } },
    { because: "throttling", first: { status: 400, body: { __type: "com.amazonaws.sqs#ThrottlingException" } } },
    { because: "too many requests", first: { status: 429 } },
    { because: "keys that were a moment too old", first: { status: 400, body: { __type: "ExpiredTokenException" } } },
  ])("is repeated after $because", async ({ first }) => {
    const { heard, sqs } = await service([first, { status: 200, body: { ok: true } }]);
    expect(await sqs.call("SendMessage", {})).toEqual({ ok: true });
    expect(heard).toHaveLength(2);
  });

  it("is given up after three tries, and may be tried later", async () => {
    const { heard, sqs } = await service([{ status: 503 }]);
    await expect(sqs.call("SendMessage", {})).rejects.toMatchObject({ name: "WorldError", retryable: true });
    expect(heard).toHaveLength(3);
  });

  it.each([
    { because: "never answers", status: 1 },
    { because: "never ends its answer", status: 2 },
  ])("of a service that $because is given up in time, and may be tried later", async ({ status }) => {
    const { heard, sqs } = await service([{ status }], 1_000);
    await expect(sqs.call("SendMessage", {})).rejects.toMatchObject({ name: "WorldError", retryable: true });
    expect(heard).toHaveLength(3);
  });

  it("follows no redirect", async () => {
    const { heard, sqs } = await service([{ status: 307 }]);
    await expect(sqs.call("SendMessage", {})).rejects.toMatchObject({ message: "sqs SendMessage: 307" });
    expect(heard).toHaveLength(1);
  });

  it("that is refused is not repeated, and says the service's code", async () => {
    const { heard, sqs } = await service([{ status: 400, body: { __type: "com.amazonaws.sqs#AccessDenied" } }]);
    await expect(sqs.call("SendMessage", {})).rejects.toMatchObject({
      message: "sqs SendMessage: AccessDenied",
      retryable: false,
    });
    expect(heard).toHaveLength(1);
  });
});
