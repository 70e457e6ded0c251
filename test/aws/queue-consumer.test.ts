import { describe, expect, it } from "@jest/globals";
import { consume, type QueueRecord } from "../../lib/aws/queue-consumer.ts";
import type { MessageHandler } from "../../lib/core/ports.ts";
import { wakeMessage } from "../contracts/samples.ts";

function record(id: string, body: string = JSON.stringify(wakeMessage(id))): QueueRecord {
  return { messageId: id, receiptHandle: `handle-${id}`, body, attributes: { ApproximateReceiveCount: "2" } };
}

function queue() {
  const calls: string[] = [];
  return {
    calls,
    postpone: async (handle: string, seconds: number) => void calls.push(`postpone ${handle} ${seconds}`),
    bury: async (body: string, reason: string) => void calls.push(`bury ${body}: ${reason}`),
  };
}

const done: MessageHandler = async () => ({ kind: "done" });

describe("5-03 a batch of messages", () => {
  it("that is handled leaves nothing behind", async () => {
    expect(
      await consume(
        [record("a"), record("b")],
        done,
        queue(),
        () => 60_000,
        () => {},
      ),
    ).toEqual({
      batchItemFailures: [],
    });
  });

  it("lists only the message that comes again, after its seconds", async () => {
    const box = queue();
    const handler: MessageHandler = async (message) =>
      message.kind === "wake" && message.runKey === "b" ? { kind: "retry", seconds: 7 } : { kind: "done" };
    const answer = await consume(
      [record("a"), record("b"), record("c")],
      handler,
      box,
      () => 60_000,
      () => {},
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "b" }] });
    expect(box.calls).toEqual(["postpone handle-b 7"]);
  });

  it("lists a message whose handler throws, and handles the rest", async () => {
    const errors: unknown[] = [];
    const handler: MessageHandler = async (message) => {
      if (message.kind === "wake" && message.runKey === "a") throw new Error("bug");
      return { kind: "done" };
    };
    const answer = await consume(
      [record("a"), record("b")],
      handler,
      queue(),
      () => 60_000,
      (one) => errors.push(one.messageId),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }] });
    expect(errors).toEqual(["a"]);
  });

  it.each(["{", "[]", '{"v":1,"kind":"event"}', '{"v":2,"kind":"wake","runKey":"r"}'])(
    "keeps what is no message of ours among the dead letters: %s",
    async (body) => {
      const box = queue();
      expect(
        await consume(
          [record("a", body)],
          done,
          box,
          () => 60_000,
          () => {},
        ),
      ).toEqual({ batchItemFailures: [] });
      expect(box.calls).toEqual([`bury ${body}: this is no message of ours`]);
    },
  );

  it("lists a message that could not be buried", async () => {
    const box = { ...queue(), bury: async () => Promise.reject(new Error("down")) };
    const answer = await consume(
      [record("a", "{")],
      done,
      box,
      () => 60_000,
      () => {},
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "a" }] });
  });

  it("hands the rest back when ten seconds are left", async () => {
    let left = 20_000;
    const handler: MessageHandler = async () => {
      left -= 10_000;
      return { kind: "done" };
    };
    const answer = await consume(
      [record("a"), record("b"), record("c")],
      handler,
      queue(),
      () => left,
      () => {},
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "c" }] });
  });

  it("tells the handler how often a message was received", async () => {
    const counts: number[] = [];
    const handler: MessageHandler = async (_message, receiveCount) => {
      counts.push(receiveCount);
      return { kind: "done" };
    };
    await consume(
      [record("a")],
      handler,
      queue(),
      () => 60_000,
      () => {},
    );
    expect(counts).toEqual([2]);
  });
});
