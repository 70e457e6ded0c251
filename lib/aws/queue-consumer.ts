import type { Handled, MessageHandler } from "../core/ports.ts";
import { readMessage } from "../core/run/message-codec.ts";
import type { SqsQueue } from "./queue.ts";

/** What Lambda hands over of one message. */
export interface QueueRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** Lambda's platform deletes every message that is not listed here. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Time to hand the rest back, instead of being cut off in the middle of one. */
const reserveMilliseconds = 10_000;

/**
 * Handles a batch of messages one by one; one that fails never touches the others.
 * Those that are to come again, and those for which no time is left, are listed as failed.
 */
export async function consume(
  records: readonly QueueRecord[],
  handler: MessageHandler,
  queue: Pick<SqsQueue, "postpone" | "bury">,
  remainingMilliseconds: () => number,
  onError: (record: QueueRecord, error: unknown) => void,
): Promise<BatchAnswer> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const record of records) {
    const settled = remainingMilliseconds() > reserveMilliseconds && (await settle(record, handler, queue, onError));
    if (!settled) batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures };
}

/** @returns whether the message may be deleted */
async function settle(
  record: QueueRecord,
  handler: MessageHandler,
  queue: Pick<SqsQueue, "postpone" | "bury">,
  onError: (record: QueueRecord, error: unknown) => void,
): Promise<boolean> {
  try {
    const handled = await handle(record, handler);
    if (handled.kind === "done") return true;
    if (handled.kind === "poison") {
      await queue.bury(record.body, handled.reason);
      return true;
    }
    await queue.postpone(record.receiptHandle, handled.seconds);
    return false;
  } catch (error) {
    onError(record, error);
    return false;
  }
}

async function handle(record: QueueRecord, handler: MessageHandler): Promise<Handled> {
  const message = readMessage(record.body);
  if (!message) return { kind: "poison", reason: "this is no message of ours" };
  return await handler(message, Number(record.attributes.ApproximateReceiveCount));
}
