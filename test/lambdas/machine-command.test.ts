import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { bundleMachineCommand } from "../../lib/stack/bundle.ts";

/** Ubuntu 24.04 brings 18.19: npm run test:machine-node. */
const node = process.env.MACHINE_NODE ?? process.execPath;

let folder: string;
let server: Server;
let api: string;
/** What the runner API answers, and what it was asked. */
let answers: { status: number; body: unknown }[];
let asked: { path: string; authorization: string; body: string }[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-command-"));
  bundleMachineCommand(folder);
  writeFileSync(join(folder, "token"), `${"a".repeat(64)}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  answers = [];
  asked = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    asked.push({ path: request.url ?? "", authorization: request.headers.authorization ?? "", body });
    const { status, body: said } = answers.shift() ?? { status: 500, body: {} };
    response.writeHead(status).end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Runs the one file as a job on a machine does. */
function dayfly(argv: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env.PATH, DAYFLY_API: api, DAYFLY_TOKEN_FILE: join(folder, "token"), ...environment };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(node, [join(folder, "dayfly.cjs"), ...argv], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

const keys = {
  Version: 1,
  AccessKeyId: "ASIA",
  SecretAccessKey: "s3cret",
  SessionToken: "t0ken",
  Expiration: "2026-01-01T00:00:00.000Z",
};

describe("the dayfly command of machines", () => {
  it("1-19 asks for a grant with the machine's token, and prints what a credential process prints", async () => {
    answers.push({ status: 200, body: keys });
    const { code, out } = await dayfly(["credentials", "push-shop"]);
    expect({ code, said: JSON.parse(out) }).toEqual({ code: 0, said: keys });
    expect(asked).toEqual([
      { path: "/runner/credentials", authorization: `Bearer ${"a".repeat(64)}`, body: '{"grant":"push-shop"}' },
    ]);
  });

  it("prints lines for a shell where that is asked for", async () => {
    answers.push({ status: 200, body: keys });
    expect((await dayfly(["credentials", "push-shop", "--env"])).out).toBe(
      "AWS_ACCESS_KEY_ID=ASIA\nAWS_SECRET_ACCESS_KEY=s3cret\nAWS_SESSION_TOKEN=t0ken\n",
    );
  });

  it("says why it was refused and what to do, and prints no key", async () => {
    answers.push({
      status: 403,
      body: { error: "pull-request", text: "a job of pull request 7 may not have push-shop" },
    });
    const { code, out, err } = await dayfly(["credentials", "push-shop"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(
      "error a job of pull request 7 may not have push-shop\nwhere grant push-shop (pull-request)\n" +
        "   do `from:` of the grant in dayfly.yaml says which repository, refs and events may have it.\n",
    );
  });

  it("asks again while the answer is not now", async () => {
    answers.push({ status: 503, body: {} }, { status: 200, body: keys });
    expect(await dayfly(["credentials", "push-shop"])).toMatchObject({ code: 0 });
    expect(asked).toHaveLength(2);
  });

  it("ends with 3 when nobody answers", async () => {
    expect(await dayfly(["credentials", "x"], { DAYFLY_API: "http://127.0.0.1:9" })).toMatchObject({
      code: 3,
      err: expect.stringContaining("the runner API does not answer"),
    });
  });

  it("says so where there is no machine", async () => {
    expect(await dayfly(["credentials", "x"], { DAYFLY_TOKEN_FILE: "/nowhere/token" })).toMatchObject({
      code: 2,
      err: expect.stringContaining("this is no job on a machine of Dayfly's"),
    });
  });

  it("6-10 wishes a deploy with the machine's token", async () => {
    answers.push({ status: 403, body: { error: "pull-request", text: "a job of pull request 7 may not deploy prod" } });
    const { code, err } = await dayfly(["deploy", "shop", "prod", "main"]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("may not deploy prod") });
    expect(asked).toMatchObject([{ path: "/api/deploys", authorization: `Bearer ${"a".repeat(64)}` }]);
  });

  it("fits a machine's boot: one file of at most 300 KB, a program by its first line", () => {
    const text = readFileSync(join(folder, "dayfly.cjs"), "utf8");
    expect(text.startsWith("#!/usr/bin/env node\n")).toBe(true);
    expect(text.length).toBeLessThan(300_000);
  });
});
