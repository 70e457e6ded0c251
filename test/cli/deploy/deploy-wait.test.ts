import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { dayfly } from "../command-line.ts";

const id = "1".repeat(32);
const view = (status: string, more: object = {}) => ({
  ...{ id, app: "shop", env: "prod", op: "deploy", status, by: "token ci", createdAt: 0, url: `/api/deploys/${id}` },
  ...{ reason: { code: status, text: `it is ${status}` }, steps: [], history: [{ at: 1_000, text: "asked" }] },
  ...more,
});
const exits = { deployed: 0, superseded: 0, "rolled-back": 1, failed: 1, refused: 1, expired: 3, unknown: 3 };

type Answer = (response: ServerResponse) => void;
const say =
  (status: number, body: object): Answer =>
  (response) =>
    response.writeHead(status).end(JSON.stringify(body));
const hangUp: Answer = (response) => response.destroy();

let server: Server;
let environment: Readonly<Record<string, string>>;
/** What the deploy API answers, in order; the last one again and again. */
let answers: Answer[];
beforeEach(async () => {
  server = createServer((_request, response) => (answers.length > 1 ? answers.shift() : answers[0])?.(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  environment = { DAYFLY_API: `http://127.0.0.1:${port}`, DAYFLY_TOKEN: "t".repeat(64) };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const wait = (over = {}) => dayfly(["deploy", "shop", "prod", "main", "--wait"], { environment, ...over });
const ended = (status: string) => say(200, view(status, { endedAt: 2_000 }));

describe("2-28 2-30 dayfly deploy --wait", () => {
  it.each(Object.entries(exits))("a deploy that is %s ends with %d", async (status, code) => {
    answers = [say(202, view("running")), ended(status)];
    const said = await wait();
    expect(said.code).toBe(code);
    expect(said.out).toContain(`it is ${status}`);
  });

  it("does not wait for an approval, and says who is waited for", async () => {
    answers = [say(202, view("waiting"))];
    expect(await wait()).toMatchObject({ code: 0, err: expect.stringContaining(`dayfly approve ${id}`) });
  });

  it("goes on where a connection breaks, or nobody can say just now", async () => {
    const later = say(503, { error: "later", text: "not now, come again" });
    answers = [say(202, view("running")), hangUp, later, later, later, ended("deployed")];
    expect((await wait()).code).toBe(0);
  });

  it("gives up at once where it is told no", async () => {
    answers = [say(202, view("running")), say(401, { error: "token-revoked", text: "token ci was revoked" })];
    expect(await wait()).toMatchObject({ code: 1, err: expect.stringContaining("token ci was revoked") });
  });

  it("is red where the wish itself finds nobody", async () => {
    answers = [hangUp];
    expect((await wait()).code).toBe(3);
  });

  it("interrupted it is not green: nobody here knows how it ends, and it says how to go on", async () => {
    const interrupted = new AbortController();
    answers = [say(202, view("running"))];
    const said = await wait({
      untilInterrupted: () => interrupted.signal,
      onSaid: (text: string) => text.includes("asked") && interrupted.abort(),
    });
    expect(said).toMatchObject({ code: 3, err: expect.stringContaining(`dayfly deploy show ${id} --wait`) });
  });
});

describe("whom a deploy command asks", () => {
  it.each([
    { given: "no address", over: { DAYFLY_API: "not a url" }, says: "DAYFLY_API is no address" },
    { given: "another protocol", over: { DAYFLY_API: "ftp://127.0.0.1" }, says: "DAYFLY_API is no address" },
    {
      given: "http to another computer",
      over: { DAYFLY_API: "http://dayfly.test" },
      says: "DAYFLY_API would carry the token unencrypted",
    },
    {
      given: "http to a name that begins like ours",
      over: { DAYFLY_API: "http://localhost.test" },
      says: "DAYFLY_API would carry the token unencrypted",
    },
    { given: "a token of two lines", over: { DAYFLY_TOKEN: "marker-1\nb" }, says: "DAYFLY_TOKEN is no token" },
    {
      given: "an address and no token",
      over: { DAYFLY_TOKEN: "" },
      says: "a deploy needs DAYFLY_API and DAYFLY_TOKEN",
    },
    { given: "a token and no address", over: { DAYFLY_API: "" }, says: "DAYFLY_TOKEN is set, and DAYFLY_API is not" },
  ])("$given ends with 2, and nobody is asked", async ({ over, says }) => {
    let asked = 0;
    answers = [
      (response) => {
        asked += 1;
        response.destroy();
      },
    ];
    const files = { DAYFLY_TOKEN_FILE: "/nowhere/token", DAYFLY_SETTINGS: "/nowhere/machine.env" };
    const said = await dayfly(["env", "list"], { environment: { ...environment, ...files, ...over } });
    expect(said).toMatchObject({ code: 2, err: expect.stringContaining(says) });
    expect(said.err).not.toContain("marker-1");
    expect(asked).toBe(0);
  });

  const commands = [
    ["deploy", "shop", "prod", "main", "--wait"],
    ["rollback", "shop", "prod"],
    ["deploy", "list"],
    ["deploy", "show", id],
    ["deploy", "show", "1234"],
    ["deploy", "logs", id],
    ["env", "list"],
    ["env", "show", "shop", "prod"],
    ["env", "diff", "shop", "prod"],
    ["env", "check", "shop", "prod"],
    ["approve", id],
    ["token", "list"],
    ["token", "create", "ci", "--app", "shop", "--env", "prod"],
  ];
  it.each(commands)("an answer of something else ends `dayfly %s %s` with 3, in one sentence", async (...argv) => {
    for (const body of ["<html>welcome</html>", "[]", "null", '{"deploys":[{"id":1}],"environments":[1],"tokens":1}']) {
      answers = [(response) => response.end(body)];
      expect(await dayfly(argv, { environment })).toMatchObject({
        code: 3,
        out: "",
        err: expect.stringContaining("that is no answer of a deploy API"),
      });
    }
  });
});
