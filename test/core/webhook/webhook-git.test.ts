import { expect, it } from "@jest/globals";
import { readGitWebhook } from "../../../lib/core/webhook/webhook-git.ts";

const push = {
  ref: "refs/heads/main",
  before: "0".repeat(40),
  after: "a".repeat(40),
  pushId: 7,
  repository: { id: "demo", name: "demo" },
  sender: "ada",
  at: 1,
};
const read = (payload: unknown) => readGitWebhook({ forge: "here", headers: {}, payload, at: 1000 });

it("gives a push to a bare repository the number of its line in the spool", () => {
  expect(read(push)).toEqual({
    kind: "event",
    envelope: {
      v: 1,
      forge: "here",
      deliveryId: "demo:7",
      pushId: "7",
      event: "push",
      repo: { id: "demo", name: "demo" },
      ref: "refs/heads/main",
      before: "0".repeat(40),
      after: "a".repeat(40),
      sender: "ada",
      at: 1000,
    },
  });
});

it("ignores a deleted branch", () => {
  expect(read({ ...push, after: "0".repeat(40) })).toMatchObject({ kind: "ignore", reason: { code: "ref-deleted" } });
});

it("is invalid without the push's number", () => {
  expect(read({ ...push, pushId: undefined })).toEqual({
    kind: "invalid",
    text: "push: pushId is not what the forge documents",
  });
});
