import type { SqsServer } from "../fakes/sqs-server.ts";
import type { Deployed } from "./deployed.ts";

type BatchAnswer = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

/** As Lambda polls a queue: up to so many batches at once, and what is not listed as failed is deleted. */
export function lambdaPoller(
  sqs: SqsServer,
  { batchSize, concurrency }: Pick<Deployed, "batchSize" | "concurrency">,
  invoke: (event: unknown) => Promise<BatchAnswer>,
) {
  let stopped = false;

  async function poll(): Promise<void> {
    const taken = sqs.receive(batchSize);
    if (taken.length === 0) return void (await new Promise((resolve) => setTimeout(resolve, 20)));
    const Records = taken.map(({ id, body, receiptHandle, receives }) => ({
      messageId: id,
      receiptHandle,
      body,
      attributes: { ApproximateReceiveCount: `${receives}` },
      eventSource: "aws:sqs",
    }));
    const handles = new Map(taken.map(({ id, receiptHandle }) => [id, receiptHandle]));
    // A function that throws hands back the whole batch.
    const answer = await invoke({ Records }).catch(() => undefined);
    if (!answer) return;
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const [id, handle] of handles) if (!failed.has(id)) sqs.delete(handle);
  }

  const workers = Array.from({ length: concurrency }, async () => {
    while (!stopped) await poll();
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(workers);
    },
  };
}
