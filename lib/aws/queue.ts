import type { DeadLetter, DeadLetters, Message, Queue } from "../core/ports.ts";
import { delayOf } from "../core/webhook/redelivery.ts";
import type { JsonApi } from "./json-api.ts";

/** The queue of messages on SQS. Its consumer is a Lambda, whose platform deletes what is handled. */
export interface SqsQueue extends Queue {
  /** Hands a received message over again, not before so many seconds. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
  /** Keeps a message that can never succeed among the dead letters. */
  bury(body: string, reason: string): Promise<void>;
}

export interface QueueUrls {
  readonly queue: string;
  readonly deadLetters: string;
}

const longestVisibility = 43_200;

export function sqsQueue(sqs: JsonApi, urls: QueueUrls): SqsQueue {
  return {
    async send(message: Message, delaySeconds = 0) {
      await sqs.call("SendMessage", {
        QueueUrl: urls.queue,
        MessageBody: JSON.stringify(message),
        DelaySeconds: delayOf(delaySeconds),
      });
    },
    async postpone(receiptHandle, seconds) {
      await sqs.call("ChangeMessageVisibility", {
        QueueUrl: urls.queue,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(Math.max(Math.ceil(seconds), 0), longestVisibility),
      });
    },
    async bury(body, reason) {
      const Reason = { DataType: "String", StringValue: reason.slice(0, 500) || "no reason given" };
      await sqs.call("SendMessage", { QueueUrl: urls.deadLetters, MessageBody: body, MessageAttributes: { Reason } });
    },
  };
}

interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MessageAttributes?: { readonly Reason?: { readonly StringValue: string } };
}

/** Letters without a reason of ours were handed over in vain as often as the queue allows. */
const inVain = "handed over in vain as often as the queue allows";

export function sqsDeadLetters(sqs: JsonApi, urls: QueueUrls): DeadLetters {
  /** Up to ten, hidden from others for so many seconds. */
  async function receive(visibilitySeconds: number): Promise<readonly Received[]> {
    const answer = await sqs.call("ReceiveMessage", {
      QueueUrl: urls.deadLetters,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["Reason"],
      VisibilityTimeout: visibilitySeconds,
    });
    return (answer.Messages ?? []) as readonly Received[];
  }

  return {
    async list(limit) {
      const found = new Map<string, DeadLetter>();
      // Letters that have been read stay visible, so the same ones may come again: enough is enough.
      for (let rounds = 0; found.size < limit && rounds < 1 + limit / 5; rounds++) {
        const letters = await receive(0);
        if (letters.length === 0) break;
        for (const { MessageId, Body, MessageAttributes } of letters) {
          found.set(MessageId, { body: Body, reason: MessageAttributes?.Reason?.StringValue ?? inVain });
        }
      }
      return [...found.values()].slice(0, limit);
    },
    async redrive() {
      let count = 0;
      for (let letters = await receive(60); letters.length > 0; letters = await receive(60)) {
        for (const { Body, ReceiptHandle } of letters) {
          // Sent before it is deleted: a crash in between makes two of it, which is harmless.
          await sqs.call("SendMessage", { QueueUrl: urls.queue, MessageBody: Body });
          await sqs.call("DeleteMessage", { QueueUrl: urls.deadLetters, ReceiptHandle });
          count++;
        }
      }
      return count;
    },
  };
}
