import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Config } from "../../lib/core/config/config.ts";
import { WorldError } from "../../lib/core/errors.ts";
import { type LocalServer, localRoutes, startServer } from "../../lib/local/server.ts";
import { memoryDeployWorld } from "../world/deploy-world.ts";
import { testSecrets } from "../world/memory-secrets.ts";
import { type MemoryWorld, memoryWorld, smallProfile } from "../world/world.ts";

const config: Config = {
  forges: [{ name: "home", kind: "git", url: "/srv/shop.git", allow: [] }],
  profiles: [smallProfile],
};

let world: MemoryWorld;
let server: LocalServer;
beforeEach(async () => {
  world = memoryWorld({ config });
  const routes = localRoutes({
    world,
    deploys: memoryDeployWorld(),
    identify: (key) => (key === "local-1.key" ? "local-1" : undefined),
    page: (request) => new Response(`page of ${new URL(request.url).pathname}`),
  });
  server = await startServer(routes, { host: "127.0.0.1", port: 0 });
});
afterEach(() => server.close());

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(new URL(path, server.url), { method: "POST", body, headers });
}

const push = JSON.stringify({
  pushId: "1",
  repository: { id: "r1", name: "local/shop" },
  ref: "refs/heads/main",
  before: "0".repeat(40),
  after: "1".repeat(40),
  sender: "ada",
  at: 5,
});

function signed(body: string): Record<string, string> {
  const digest = createHmac("sha256", testSecrets.current).update(body).digest("hex");
  return { "content-type": "application/json", "x-hub-signature-256": `sha256=${digest}` };
}

describe("the webhook's route", () => {
  it("queues a signed push", async () => {
    const response = await post("/webhook/home", push, signed(push));

    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ result: "queued" });
    expect(world.queue.receive()?.message).toMatchObject({ kind: "event", envelope: { deliveryId: "r1:1" } });
  });

  it.each([
    {
      given: "unsigned",
      path: "/webhook/home",
      body: push,
      headers: { "content-type": "application/json" },
      then: 401,
    },
    { given: "of a forge that nobody knows", path: "/webhook/else", body: push, headers: signed(push), then: 401 },
    { given: "signed for another body", path: "/webhook/home", body: `${push} `, headers: signed(push), then: 401 },
    { given: "of a form", path: "/webhook/home", body: "payload=x", headers: {}, then: 415 },
    { given: "truncated", path: "/webhook/home", body: "{", headers: signed("{"), then: 400 },
    { given: "too big", path: "/webhook/home", body: " ".repeat(5_000_001), headers: signed(push), then: 413 },
  ])("refuses a delivery $given with $then", async ({ path, body, headers, then }) => {
    const response = await post(path, body, headers);

    expect(response.status).toBe(then);
    expect(world.queue.receive()).toBeUndefined();
  });
});

function exitWith(outputs: Record<string, string>): string {
  return JSON.stringify({ bootId: "b", cause: "idle", code: 0, outputs });
}

describe("the machines' routes", () => {
  const known = { authorization: "Bearer local-1.key", "content-type": "application/json" };

  it.each(["/runner/claim", "/runner/exit"])("%s refuses whoever has no key of ours", async (path) => {
    for (const authorization of ["", "Bearer ", "Bearer local-1.other", "Basic local-1.key", "Bearer a b"]) {
      expect((await post(path, "{}", { authorization })).status).toBe(403);
    }
  });

  it.each([
    { given: "empty", path: "/runner/claim", body: "" },
    { given: "truncated", path: "/runner/claim", body: "{" },
    { given: "with a path for a boot id", path: "/runner/claim", body: '{"bootId":"../x"}' },
    { given: "with a number for a boot id", path: "/runner/claim", body: '{"bootId":5}' },
    { given: "with a cause of ours", path: "/runner/exit", body: '{"bootId":"b","cause":"gone","code":0}' },
    { given: "with an impossible code", path: "/runner/exit", body: '{"bootId":"b","cause":"idle","code":1e9}' },
    { given: "with too large outputs", path: "/runner/exit", body: exitWith({ a: "x".repeat(20_000) }) },
  ])("$path refuses a body $given", async ({ path, body }) => {
    expect((await post(path, body, known)).status).toBe(400);
  });

  it("hand a known machine to the claim, by its key alone", async () => {
    const response = await post("/runner/claim", JSON.stringify({ bootId: "b", instanceId: "local-2" }), known);

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: "not-visible" });
  });

  it("take the end of a machine that never claimed", async () => {
    expect((await post("/runner/exit", '{"bootId":"b","cause":"idle","code":0}', known)).status).toBe(204);
  });
});

describe("everything else", () => {
  it("is the page's", async () => {
    expect(await (await fetch(new URL("/runs/1", server.url))).text()).toBe("page of /runs/1");
    expect(await (await fetch(new URL("/webhook/home", server.url))).text()).toBe("page of /webhook/home");
  });

  it("tells no secrets when it fails", async () => {
    const routes = localRoutes({
      world,
      deploys: memoryDeployWorld(),
      identify: () => undefined,
      page: () => {
        throw new Error("marker-secret");
      },
    });

    const response = await routes.request("/");

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("marker-secret");
  });
});

describe("starting the server", () => {
  it("says in a sentence that the port is in use", async () => {
    const port = Number(new URL(server.url).port);

    const second = startServer(
      localRoutes({ world, deploys: memoryDeployWorld(), identify: () => undefined, page: () => new Response() }),
      {
        host: "127.0.0.1",
        port,
      },
    );

    await expect(second).rejects.toThrow(new WorldError(`port ${port} is in use`, { retryable: false }));
  });

  it("closes though a page still listens", async () => {
    const routes = localRoutes({
      world,
      deploys: memoryDeployWorld(),
      identify: () => undefined,
      page: () => new Response(new ReadableStream()),
    });
    const open = await startServer(routes, { host: "127.0.0.1", port: 0 });
    const stream = await fetch(open.url);

    await open.close();

    await expect(stream.text()).rejects.toThrow();
  });
});

describe("the deploy API's routes", () => {
  const ask = (path: string, init: RequestInit = {}) => fetch(new URL(path, server.url), init);

  it("answer nobody without a token, at every address of theirs, and never by the page", async () => {
    for (const path of ["deploys", "deploys/1", "environments", "inspections/1", "tokens", "shell"]) {
      const response = await ask(`/api/${path}`);
      expect([response.status, response.headers.get("cache-control")]).toEqual([401, "no-store"]);
    }
  });

  it("read no more of a body than they take", async () => {
    const response = await ask("/api/deploys", { method: "POST", body: "x".repeat(1_000_000) });
    expect(response.status).toBe(413);
  });
});
