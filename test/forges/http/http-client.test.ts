import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import * as z from "zod/mini";
import { WorldError } from "../../../lib/core/errors.ts";
import {
  type Call,
  type Credential,
  type HttpLimits,
  httpClient,
  nothing,
} from "../../../lib/forges/http/http-client.ts";
import { type HostileForge, hostileForge, json, testWorld } from "../hostile-forge.ts";

const Thing = z.object({ id: z.union([z.int(), z.string()]) });
const get: Call<z.infer<typeof Thing>> = {
  method: "GET",
  path: "/things/{owner}",
  params: { owner: "a" },
  shape: Thing,
};

let forge: HostileForge;
let canary: HostileForge;
beforeAll(async () => {
  forge = await hostileForge();
  canary = await hostileForge();
});
afterAll(async () => {
  await forge.close();
  await canary.close();
});
let before = 0;
beforeEach(() => {
  before = forge.requests.length;
});

const token: Credential = { header: async () => "token s3cr3t-token" };

function client({
  limits,
  url = forge.url,
  credential = token,
}: {
  limits?: Partial<HttpLimits>;
  url?: string;
  credential?: Credential;
} = {}) {
  const world = testWorld();
  return { waits: world.waits, http: httpClient({ url, credential, world, limits }) };
}

async function failureOf(promise: Promise<unknown>): Promise<WorldError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof WorldError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

function since(): readonly string[] {
  return forge.requests.slice(before);
}

describe("where a call goes", () => {
  it("fills each parameter into exactly one segment, whatever stands in it", async () => {
    forge.replyWith(json(200, { id: 1 }));
    const { http } = client();
    await http.send({ ...get, params: { owner: "a/../b?c#d%2e" }, query: { q: "x&y=z", many: ["1", "2"] } });
    expect(since()).toEqual(["GET /things/a%2F..%2Fb%3Fc%23d%252e?q=x%26y%3Dz&many=1&many=2"]);
  });

  it.each(["..", ".", "", "\ud800"])("refuses the parameter %j before anything is sent", async (owner) => {
    await expect(client().http.send({ ...get, params: { owner } })).rejects.toThrow("owner cannot be part of a path");
    expect(since()).toEqual([]);
  });

  it("stays below the path of the configured url", async () => {
    forge.replyWith(json(200, { id: 1 }));
    await client({ url: `${forge.url}/git/` }).http.send(get);
    expect(since()).toEqual(["GET /git/things/a"]);
  });

  it.each(["ftp://example.com", "https://user:pass@example.com", "https://example.com?x=1", "example.com"])(
    "refuses the configured url %s",
    async (url) => {
      await expect(client({ url }).http.send(get)).rejects.toThrow("the forge's url");
    },
  );

  it.each([301, 302, 303, 307, 308])(
    "does not follow a redirect (%d) to another origin, with or without the token",
    async (status) => {
      forge.replyWith(
        (_request, response) => void response.writeHead(status, { location: `${canary.url}/steal` }).end(),
      );
      const error = await failureOf(client().http.send(get));
      expect(error.message).toBe(
        `GET /things/{owner}: the forge redirects (${status}); set its url to where it really is`,
      );
      expect(canary.requests).toEqual([]);
      expect(since()).toHaveLength(1);
    },
  );
});

describe("what an answer may be", () => {
  it("keeps an id above 2^53 exact", async () => {
    forge.replyWith((_request, response) => void response.end('{"id":9223372036854775807}'));
    expect(await client().http.send(get)).toMatchObject({ kind: "ok", value: { id: "9223372036854775807" } });
  });

  it("gives up a body that never ends at the size limit", async () => {
    forge.replyWith((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    const error = await failureOf(client({ limits: { maxBytes: 1_000_000 } }).http.send(get));
    expect(error).toMatchObject({ message: "the forge's answer is longer than 1000000 bytes", retryable: false });
  });

  it("gives up a body that drips, at the time limit, and says so", async () => {
    const timers: NodeJS.Timeout[] = [];
    forge.replyWith((_request, response) => {
      response.writeHead(200);
      timers.push(setInterval(() => response.write(" "), 20));
    });
    const error = await failureOf(client({ limits: { timeoutMs: 1_500, attempts: 2 } }).http.send(get));
    for (const timer of timers) clearInterval(timer);
    expect(error).toMatchObject({ message: "GET /things/{owner}: the forge did not answer in time", retryable: true });
    expect(since()).toHaveLength(2);
  });

  it("calls HTML by its name instead of reading it", async () => {
    forge.replyWith(
      (_request, response) =>
        void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>"),
    );
    const error = await failureOf(client().http.send(get));
    expect(error).toMatchObject({
      message: "GET /things/{owner}: the forge answered with text/html, not with JSON",
      retryable: true,
    });
  });

  it("names the field of a wrong type, never its value", async () => {
    forge.replyWith(json(200, { id: { secret: "s3cr3t" } }));
    const error = await failureOf(client().http.send(get));
    expect(error).toMatchObject({
      message: "GET /things/{owner}: id is not what this forge documents",
      retryable: false,
    });
  });

  it("takes an empty body where nobody looks at it", async () => {
    forge.replyWith((_request, response) => void response.writeHead(204).end());
    expect(await client().http.send({ ...get, method: "DELETE", shape: nothing })).toMatchObject({ kind: "ok" });
  });
});

describe("refusals are told apart", () => {
  it.each([
    { status: 401, text: "the forge refuses our token (401): it is wrong, expired or revoked" },
    { status: 403, text: "our token may not do this (403): it lacks a scope or a right" },
    { status: 404, text: "not there, or our token may not see it (404)" },
    { status: 422, text: "the forge refuses this request (422)" },
  ])("$status: $text", async ({ status, text }) => {
    forge.replyWith(json(status, { message: "secret-in-body" }));
    const error = await failureOf(
      client().http.send({ ...get, params: { owner: "acme", repo: "shop" }, path: "/r/{owner}/{repo}" }),
    );
    expect(error).toMatchObject({ message: `GET /r/{owner}/{repo} of acme/shop: ${text}`, retryable: false });
    expect(since()).toHaveLength(1);
  });

  it("hands a tolerated status back as a value", async () => {
    forge.replyWith(json(404, {}));
    expect(await client().http.send({ ...get, tolerates: [404] })).toEqual({ kind: "refused", status: 404 });
  });

  it("asks for a new credential once, where there is one", async () => {
    let forgotten = 0;
    const credential = {
      header: async () => `token ${forgotten}`,
      forget: () => {
        forgotten += 1;
      },
    };
    forge.replyWith(json(401, {}));
    await failureOf(client({ credential }).http.send(get));
    expect(forgotten).toBe(1);
    expect(forge.authorizations.slice(before)).toEqual(["token 0", "token 1"]);
  });
});

describe("patience", () => {
  it("outlasts two failures of the server with growing, jittered waits", async () => {
    let failures = 2;
    forge.replyWith((request, response, body) => json(failures-- > 0 ? 503 : 200, { id: 1 })(request, response, body));
    const { http, waits } = client();
    expect(await http.send(get)).toMatchObject({ kind: "ok" });
    expect(waits).toEqual([500, 1000]);
  });

  it("gives a storm of 5xx back to the queue after four requests", async () => {
    forge.replyWith(json(502, {}));
    const error = await failureOf(client().http.send(get));
    expect(error).toMatchObject({ message: "GET /things/{owner}: the forge failed (502)", retryable: true });
    expect(since()).toHaveLength(4);
  });

  it("sends a POST only once where nobody knows what the first one did", async () => {
    forge.replyWith(json(502, {}));
    const error = await failureOf(client().http.send({ ...get, method: "POST", body: {} }));
    expect(error.retryable).toBe(true);
    expect(since()).toHaveLength(1);
  });

  it.each([
    { headers: { "retry-after": "3" }, wait: 3_500, because: "seconds" },
    { headers: { "retry-after": "Sat, 21 Nov 2026 12:00:07 GMT" }, wait: 7_500, because: "a date" },
    {
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${Date.parse("2026-11-21T12:00:09Z") / 1000}` },
      wait: 9_500,
      because: "GitHub's reset",
    },
  ] as readonly { headers: Record<string, string>; wait: number; because: string }[])(
    "waits as long as a 429 asks, told as $because",
    async ({ headers, wait }) => {
      let refused = false;
      forge.replyWith((request, response, body) => {
        json(refused ? 200 : 429, { id: 1 }, refused ? {} : headers)(request, response, body);
        refused = true;
      });
      const { http, waits } = client();
      await http.send({ ...get, method: "POST", body: {} });
      expect(waits).toEqual([wait]);
    },
  );

  it.each([
    { status: 429, headers: {}, seconds: 61, because: "no header tells how long" },
    { status: 429, headers: { "retry-after": "3600" }, seconds: 3601, because: "it is longer than a call may take" },
    { status: 403, headers: { "x-ratelimit-remaining": "0" }, seconds: 61, because: "GitHub tells limits as 403" },
  ] as readonly { status: number; headers: Record<string, string>; seconds: number; because: string }[])(
    "leaves the waiting to the queue after a $status where $because",
    async ({ status, headers, seconds }) => {
      forge.replyWith(json(status, {}, headers));
      const { http, waits } = client();
      const error = await failureOf(http.send(get));
      expect(error).toMatchObject({ retryable: true, retryAfterSeconds: seconds });
      expect(waits).toEqual([]);
    },
  );

  it("gives up on a forge that nobody listens for, and names no secret", async () => {
    const gone = await hostileForge();
    await gone.close();
    const error = await failureOf(client({ url: gone.url }).http.send(get));
    expect(error).toMatchObject({ message: "GET /things/{owner}: the forge could not be reached", retryable: true });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("s3cr3t");
  });
});
