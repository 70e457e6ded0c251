import { describe, expect, it } from "@jest/globals";
import { MAX_BODY_BYTES, receiveWebhook, type WebhookCall } from "../../lib/app/webhook.ts";
import { WorldError } from "../../lib/core/errors.ts";
import { testSecrets } from "../world/memory-secrets.ts";
import { memoryWorld } from "../world/world.ts";
import { delivery, push } from "./sign.ts";

function changed(call: WebhookCall, headers: Record<string, string | undefined>): WebhookCall {
  return { ...call, headers: { ...call.headers, ...headers } };
}

describe("5-02 POST /webhook/<forge>", () => {
  it("queues a signed push as one small message", async () => {
    const world = memoryWorld();
    const answer = await receiveWebhook(world, delivery(push));

    expect(answer).toEqual({ status: 202, body: { result: "queued", reason: "push of acme/shop is queued" } });
    const message = world.queue.receive()?.message;
    expect(message).toMatchObject({
      kind: "event",
      envelope: {
        forge: "home",
        event: "push",
        repo: { id: "7", name: "acme/shop" },
        after: push.after,
        sender: "ada",
      },
    });
    expect(JSON.stringify(message).length).toBeLessThan(8192);
  });

  it("accepts the previous secret while it is being changed", async () => {
    const world = memoryWorld();
    expect(await receiveWebhook(world, delivery(push, { secret: testSecrets.previous }))).toMatchObject({
      status: 202,
    });
  });

  it.each<[number, string, WebhookCall]>([
    [
      413,
      "a body that is too big, whatever else is wrong",
      { ...changed(delivery(push), { "content-type": "text/plain" }), body: Buffer.alloc(MAX_BODY_BYTES + 1) },
    ],
    [
      415,
      "a form body, before its signature is looked at",
      changed(delivery(push, { secret: "wrong" }), { "content-type": "application/x-www-form-urlencoded" }),
    ],
    [415, "no content type", changed(delivery(push), { "content-type": undefined })],
    [401, "a wrong secret", delivery(push, { secret: "wrong" })],
    [
      401,
      "no signature",
      changed(delivery(push), { "x-hub-signature-256": undefined, "x-gitea-signature": undefined }),
    ],
    [
      401,
      "an empty signature, as Gitea sends without a secret",
      changed(delivery(push), { "x-hub-signature-256": "sha256=", "x-gitea-signature": "" }),
    ],
    [
      401,
      "two signatures",
      changed(delivery(push), { "x-hub-signature-256": `sha256=${"a".repeat(64)}, sha256=${"b".repeat(64)}` }),
    ],
    [401, "an unknown forge", { ...delivery(push), forge: "elsewhere" }],
    [401, "a forge called like a part of every object", { ...delivery(push), forge: "__proto__" }],
    [401, "a truncated body", { ...delivery(push), body: delivery(push).body.subarray(0, 50) }],
    [400, "signed text that is not JSON", delivery("{not json")],
    [400, "JSON of another shape", delivery({ ref: 5 })],
    [400, "a ref with a newline", delivery({ ...push, ref: "refs/heads/x\n$(touch x)" })],
  ])("answers %i to %s, and stores nothing", async (status, _what, call) => {
    const world = memoryWorld();
    const answer = await receiveWebhook(world, call);

    expect(answer.status).toBe(status);
    expect(world.queue.nextAt()).toBeUndefined();
    expect(world.runs.all()).toEqual([]);
  });

  it.each([
    ["a test delivery, whose two commits are one", { ...push, before: push.after }, "push"],
    ["a deleted branch", { ...push, after: "0".repeat(40) }, "push"],
    ["an event that starts nothing here", { repository: push.repository }, "star"],
  ])("answers 200 with the reason to %s", async (_what, payload, event) => {
    const world = memoryWorld();
    const answer = await receiveWebhook(world, delivery(payload, { event }));

    expect(answer).toMatchObject({ status: 200, body: { result: "ignored" } });
    expect(answer.body.reason.length).toBeGreaterThan(10);
    expect(world.queue.nextAt()).toBeUndefined();
  });

  it("answers 503 when the queue refuses, so that nothing is called accepted that is not", async () => {
    const world = memoryWorld();
    const queue = { send: () => Promise.reject(new WorldError("throttled", { retryable: true })) };
    expect(await receiveWebhook({ ...world, queue }, delivery(push))).toMatchObject({ status: 503 });
  });

  it("never lets a flipped bit through, and never throws", async () => {
    const good = delivery(push);
    for (let bit = 0; bit < good.body.length * 8; bit += 7) {
      const body = Buffer.from(good.body);
      body[bit >> 3] = (body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const world = memoryWorld();
      expect((await receiveWebhook(world, { ...good, body })).status).toBe(401);
    }
  });

  it("6-03 logs no secret, no signature and no body", async () => {
    const world = memoryWorld();
    for (const call of [delivery(push), delivery(push, { secret: "wrong" }), delivery("{not json")])
      await receiveWebhook(world, call);

    const log = JSON.stringify(world.log.lines);
    for (const secret of Object.values(testSecrets)) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/[0-9a-f]{64}/);
    expect(log).not.toContain("head_commit");
  });
});
