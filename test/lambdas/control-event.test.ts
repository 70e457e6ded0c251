import { describe, expect, it } from "@jest/globals";
import { readControlEvent } from "../../lambdas/control-event.ts";

describe("1-14 what woke the function", () => {
  it.each([
    { event: undefined, because: "nothing at all" },
    { event: null, because: "null" },
    { event: "", because: "an empty text" },
    { event: {}, because: "an empty object" },
    { event: { action: "cleanup" }, because: "the word" },
    { event: { body: "" }, because: "an HTTP call without a body" },
    { event: { body: "{}" }, because: "an HTTP call with an empty body" },
    { event: { body: '{"action":"cleanup"}', headers: {} }, because: "an HTTP call with the word" },
  ])("is a clean-up: $because", ({ event }) => {
    expect(readControlEvent(event)).toEqual({ kind: "cleanup" });
  });

  it.each([
    { type: "EC2 Instance State-change Notification", kind: "ended" },
    { type: "EC2 Spot Instance Interruption Warning", kind: "warned" },
    { type: "EC2 Instance Rebalance Recommendation", kind: "warned" },
  ])("is a notice: $type", ({ type, kind }) => {
    const event = {
      source: "aws.ec2",
      "detail-type": type,
      detail: { "instance-id": "i-0123456789abcdef0", state: "terminated" },
    };
    expect(readControlEvent(event)).toEqual({ kind: "notice", notice: { instanceId: "i-0123456789abcdef0", kind } });
  });

  it("is a command that has ended: of the id in its parameters, which travel as text", () => {
    const event = {
      source: "aws.ssm",
      "detail-type": "EC2 Command Status-change Notification",
      detail: {
        "command-id": "e8d3c0e4",
        status: "Success",
        parameters: `{"app":["shop"],"id":["${"a".repeat(32)}"]}`,
      },
    };
    expect(readControlEvent(event)).toEqual({ kind: "command", deployId: "a".repeat(32) });
    const foreign = { ...event, detail: { ...event.detail, parameters: '{"commands":["date"]}' } };
    expect(readControlEvent(foreign)).toMatchObject({ kind: "unknown" });
  });

  it("is the queue", () => {
    const record = {
      messageId: "m",
      receiptHandle: "h",
      body: "{}",
      attributes: { ApproximateReceiveCount: "1", SenderId: "x" },
    };
    expect(readControlEvent({ Records: [{ ...record, eventSource: "aws:sqs" }] })).toMatchObject({
      kind: "messages",
      records: [{ messageId: "m", body: "{}" }],
    });
  });

  it.each([
    { event: { action: "destroy" }, because: "another word" },
    { event: { body: "cleanup" }, because: "a body that is not JSON" },
    { event: { Records: [{ messageId: 1 }] }, because: "records of another kind" },
    {
      event: { source: "aws.ec2", "detail-type": "x", detail: { "instance-id": "i-0;rm" } },
      because: "no instance id",
    },
    { event: 7, because: "a number" },
  ])("is not understood: $because", ({ event }) => {
    expect(readControlEvent(event)).toMatchObject({ kind: "unknown" });
  });
});
