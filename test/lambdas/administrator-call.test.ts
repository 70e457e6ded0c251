import { expect, it } from "@jest/globals";
import { administratorCall } from "../../lambdas/administrator-call.ts";

const call = { administrator: "alice", method: "POST", path: "/api/tokens", body: { name: "laptop" } };

it("reads a call that was invoked directly as an administrator's", () => {
  expect(administratorCall(call)).toEqual({
    asker: { kind: "administrator", name: "alice" },
    call: { method: "POST", path: "/api/tokens", query: {}, body: '{"name":"laptop"}' },
  });
});

it.each([
  ["an event of the gateway, whatever a caller put into it", { ...call, requestContext: { http: { method: "POST" } } }],
  ["a gateway's event alone", { version: "2.0", rawPath: "/api/tokens", requestContext: {}, headers: {} }],
  ["no name", { ...call, administrator: "" }],
  ["another method", { ...call, method: "DELETE" }],
  ["nothing", undefined],
])("is no administrator's: %s", (_name, event) => {
  expect(administratorCall(event)).toBeUndefined();
});
