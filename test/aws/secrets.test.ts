import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { jsonApi } from "../../lib/aws/json-api.ts";
import { type SsmSecrets, ssmSecrets } from "../../lib/aws/secrets.ts";
import { type SsmServer, ssmServer } from "../fakes/ssm-server.ts";
import { type VirtualClock, virtualClock } from "../world/virtual-clock.ts";

let server: SsmServer;
let clock: VirtualClock;
let secrets: SsmSecrets;
beforeEach(async () => {
  server = await ssmServer({ "/home/secret": "new", "/home/old": "old", "/home/token": "t0ken" });
  clock = virtualClock();
  const access = { region: "eu-test-1", accessKeyId: "AKIAFAKE", secretAccessKey: "fake", endpoint: server.url };
  const home = { name: "home", secret: "/home/secret", previousSecret: "/home/old" };
  secrets = ssmSecrets(jsonApi("ssm", access), clock, [home], ["/home/token"]);
});
afterEach(() => server.close());

describe("secrets", () => {
  it("5-02 of a webhook are the current one and the previous one", async () => {
    expect(await secrets.webhook("home")).toEqual(["new", "old"]);
  });

  it("of a forge that we do not know are none, without a call", async () => {
    expect(await secrets.webhook("elsewhere")).toEqual([]);
    expect(server.calls).toEqual([]);
  });

  it("are read together, once for five minutes", async () => {
    await secrets.webhook("home");
    expect(await secrets.value("/home/token")).toBe("t0ken");
    clock.advance(299);
    await secrets.webhook("home");
    expect(server.calls).toEqual([["/home/secret", "/home/old", "/home/token"]]);
  });

  it("that were rotated are known after five minutes", async () => {
    await secrets.webhook("home");
    server.parameters.set("/home/secret", "newest").set("/home/old", "new");
    clock.advance(300);
    expect(await secrets.webhook("home")).toEqual(["newest", "new"]);
  });

  it("serve on for an hour while they cannot be read, and no longer", async () => {
    await secrets.webhook("home");
    await server.close();
    clock.advance(3599);
    expect(await secrets.webhook("home")).toEqual(["new", "old"]);
    clock.advance(1);
    await expect(secrets.webhook("home")).rejects.toMatchObject({ retryable: true });
    server = await ssmServer();
  });

  it("that are missing or empty sign nothing", async () => {
    server.parameters.delete("/home/old");
    server.parameters.set("/home/secret", "");
    expect(await secrets.webhook("home")).toEqual([]);
  });

  it("more than ten are read ten at a time", async () => {
    const names = Array.from({ length: 12 }, (_, n) => `/p/${n}`);
    for (const name of names) server.parameters.set(name, name);
    const access = { region: "eu-test-1", accessKeyId: "AKIAFAKE", secretAccessKey: "fake", endpoint: server.url };
    expect(await ssmSecrets(jsonApi("ssm", access), clock, [], names).value("/p/11")).toBe("/p/11");
    expect(server.calls.map((call) => call.length)).toEqual([10, 2]);
  });
});
