import { jsonApi } from "../../lib/aws/json-api.ts";
import { sqsDeadLetters, sqsQueue } from "../../lib/aws/queue.ts";
import { consume, type QueueRecord } from "../../lib/aws/queue-consumer.ts";
import { usualRedelivery } from "../../lib/core/webhook/redelivery.ts";
import { type SqsMessage, sqsServer } from "../fakes/sqs-server.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import type { QueueBench } from "./queue-contract.ts";

/** SQS over HTTP, with Lambda's poller played here: it deletes what the consumer does not list as failed. */
export async function sqsQueueBench(): Promise<QueueBench & { close(): Promise<void> }> {
  const clock = virtualClock();
  const policy = usualRedelivery;
  const server = await sqsServer(clock, policy);
  const access = { region: "eu-test-1", accessKeyId: "AKIAFAKE", secretAccessKey: "fake", endpoint: server.url };
  const sqs = jsonApi("sqs", access);
  const urls = { queue: server.queueUrl, deadLetters: server.deadLetterUrl };
  const queue = sqsQueue(sqs, urls);
  return {
    queue,
    deadLetters: sqsDeadLetters(sqs, urls),
    policy,
    advance: async (seconds) => clock.advance(seconds),
    async pump(handler) {
      for (let batch = server.receive(5); batch.length > 0; batch = server.receive(5)) {
        const { batchItemFailures } = await consume(
          batch.map(record),
          handler,
          queue,
          () => 60_000,
          () => {},
        );
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const one of batch) if (!failed.has(one.id)) server.delete(one.receiptHandle);
      }
    },
    receiveAndDie: async () => void server.receive(1),
    close: server.close,
  };
}

function record({ id, receiptHandle, body, receives }: SqsMessage): QueueRecord {
  return { messageId: id, receiptHandle, body, attributes: { ApproximateReceiveCount: String(receives) } };
}
