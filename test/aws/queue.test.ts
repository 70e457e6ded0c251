import { describe, expect, it } from "@jest/globals";
import type { JsonApi } from "../../lib/aws/json-api.ts";
import { sqsDeadLetters, sqsQueue } from "../../lib/aws/queue.ts";

type Call = readonly [action: string, body: Readonly<Record<string, unknown>>];

/** SQS that answers by the action's name, and keeps what it was asked. */
function recorded(answers: Readonly<Record<string, (nth: number) => object>> = {}) {
  const calls: Call[] = [];
  const sqs: JsonApi = {
    async call(action, body) {
      calls.push([action, body]);
      const nth = calls.filter(([name]) => name === action).length;
      return { ...answers[action]?.(nth) };
    },
  };
  const urls = { queue: "https://sqs/queue", deadLetters: "https://sqs/dead" };
  return { calls, queue: sqsQueue(sqs, urls), deadLetters: sqsDeadLetters(sqs, urls) };
}

const letter = (n: number) => ({ MessageId: `m-${n}`, ReceiptHandle: `r-${n}`, Body: `body ${n}` });

describe("a message that comes again later", () => {
  it.each([
    { asked: -3, seconds: 0 },
    { asked: 1.2, seconds: 2 },
    { asked: 90_000, seconds: 43_200 },
  ])("$asked seconds are $seconds for SQS, which takes whole ones up to twelve hours", async ({ asked, seconds }) => {
    const { calls, queue } = recorded();
    await queue.postpone("r-1", asked);
    expect(calls).toMatchObject([["ChangeMessageVisibility", { ReceiptHandle: "r-1", VisibilityTimeout: seconds }]]);
  });
});

describe("5-03 dead letters", () => {
  it("are sent before they are deleted: a crash in between makes two of one, never none", async () => {
    const { calls, deadLetters } = recorded({ ReceiveMessage: (nth) => ({ Messages: nth === 1 ? [letter(1)] : [] }) });
    expect(await deadLetters.redrive()).toBe(1);
    expect(calls.map(([action]) => action)).toEqual([
      "ReceiveMessage",
      "SendMessage",
      "DeleteMessage",
      "ReceiveMessage",
    ]);
  });

  it("are looked for again as long as new ones come, until there are as many as asked for", async () => {
    const { deadLetters } = recorded({
      ReceiveMessage: (nth) => ({ Messages: [letter(2 * nth), letter(2 * nth + 1)] }),
    });
    expect(await deadLetters.list(6)).toHaveLength(6);
  });

  it("that are only read stay in sight of whoever else looks", async () => {
    const { calls, deadLetters } = recorded();
    await deadLetters.list(6);
    expect(calls).toMatchObject([["ReceiveMessage", { QueueUrl: "https://sqs/dead", VisibilityTimeout: 0 }]]);
  });

  it("that come again and again are not looked for without end", async () => {
    const { calls, deadLetters } = recorded({ ReceiveMessage: () => ({ Messages: [letter(1)] }) });
    expect(await deadLetters.list(10)).toEqual([{ body: "body 1", reason: expect.stringContaining("in vain") }]);
    expect(calls).toHaveLength(3);
  });
});
