import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../lib/core/ports.ts";

/**
 * SQS over HTTP in its JSON protocol: delays, visibility, receive counts and redrive as
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/ describes them for standard queues.
 */
export interface SqsServer {
  readonly url: string;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  /** Actions in the order of their calls. */
  readonly calls: string[];
  /** The next call is answered by this status instead, and does nothing. */
  failNext(status: number, code: string): void;
  /** As Lambda's poller does. */
  receive(limit: number): readonly SqsMessage[];
  delete(receiptHandle: string): void;
  /** Messages that a receiver would be given now. */
  visible(queueUrl: string): number;
  /** Messages in the queue, visible or not. */
  size(queueUrl: string): number;
  close(): Promise<void>;
}

export interface SqsMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: unknown;
  visibleAt: number;
  receives: number;
  receiptHandle: string;
}

export interface SqsSettings {
  readonly visibilitySeconds: number;
  readonly maxReceives: number;
}

export async function sqsServer(clock: Clock, settings: SqsSettings): Promise<SqsServer> {
  const queues = new Map<string, SqsMessage[]>();
  const calls: string[] = [];
  let failure: { status: number; code: string } | undefined;
  let counter = 0;

  const actions: Readonly<Record<string, (queue: SqsMessage[], body: Body) => object>> = {
    SendMessage(queue, { MessageBody = "", DelaySeconds = 0, MessageAttributes }) {
      const id = `m-${++counter}`;
      const visibleAt = clock.now() + DelaySeconds * 1000;
      queue.push({ id, body: MessageBody, attributes: MessageAttributes, visibleAt, receives: 0, receiptHandle: "" });
      return { MessageId: id };
    },
    ReceiveMessage(queue, { MaxNumberOfMessages = 1, VisibilityTimeout = settings.visibilitySeconds }) {
      const Messages = take(queue, MaxNumberOfMessages, VisibilityTimeout).map((one) => ({
        MessageId: one.id,
        ReceiptHandle: one.receiptHandle,
        Body: one.body,
        MessageAttributes: one.attributes,
      }));
      return { Messages };
    },
    DeleteMessage(queue, { ReceiptHandle }) {
      const at = queue.findIndex((one) => one.receiptHandle === ReceiptHandle);
      if (at >= 0) queue.splice(at, 1);
      return {};
    },
    ChangeMessageVisibility(queue, { ReceiptHandle, VisibilityTimeout = 0 }) {
      const found = queue.find((one) => one.receiptHandle === ReceiptHandle);
      if (found) found.visibleAt = clock.now() + VisibilityTimeout * 1000;
      return {};
    },
    GetQueueAttributes: (queue) => ({ Attributes: { ApproximateNumberOfMessages: String(queue.length) } }),
  };

  function take(queue: SqsMessage[], limit: number, visibilitySeconds: number): readonly SqsMessage[] {
    const visible = queue.filter((one) => one.visibleAt <= clock.now()).slice(0, limit);
    const dead = queue === named(queueUrl) ? visible.filter((one) => one.receives >= settings.maxReceives) : [];
    for (const one of dead) {
      queue.splice(queue.indexOf(one), 1);
      named(deadLetterUrl).push({ ...one, visibleAt: clock.now(), receives: 0 });
    }
    const taken = visible.filter((one) => !dead.includes(one));
    for (const one of taken) {
      one.receives++;
      one.visibleAt = clock.now() + visibilitySeconds * 1000;
      one.receiptHandle = `${one.id}-${one.receives}`;
    }
    return taken;
  }

  function named(url: string): SqsMessage[] {
    const queue = queues.get(url) ?? [];
    queues.set(url, queue);
    return queue;
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const action = String(request.headers["x-amz-target"]).replace(/^AmazonSQS\./, "");
    calls.push(action);
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const failed = failure;
    failure = undefined;
    const act = actions[action];
    const status = failed?.status ?? (act ? 200 : 400);
    const answer = failed ? { __type: `com.amazonaws.sqs#${failed.code}` } : (act?.(named(body.QueueUrl), body) ?? {});
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
  });
  // With the usual five seconds, a busy computer closes an idle connection in the very moment in which it is used again.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queueUrl = `${url}/000000000000/queue`;
  const deadLetterUrl = `${url}/000000000000/dead-letters`;
  return {
    url,
    queueUrl,
    deadLetterUrl,
    calls,
    failNext: (status, code) => {
      failure = { status, code };
    },
    receive: (limit) => take(named(queueUrl), limit, settings.visibilitySeconds),
    delete: (receiptHandle) => void actions.DeleteMessage?.(named(queueUrl), { ReceiptHandle: receiptHandle }),
    visible: (name) => named(name).filter(({ visibleAt }) => visibleAt <= clock.now()).length,
    size: (name) => named(name).length,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Body {
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: unknown;
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly ReceiptHandle?: string;
}
