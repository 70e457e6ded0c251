import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between the SDK and DynamoDB Local: counts what passes, and spoils it when told to. */
export interface DynamoProxy {
  readonly url: string;
  /** Calls that have reached the table since `reset`, by operation. */
  calls(): Readonly<Record<string, number>>;
  /** Items that DynamoDB looked at in queries and scans since `reset`: what is billed, filtered out or not. */
  scanned(): number;
  reset(): void;
  /** The next call of that operation is carried out, and its answer lost. */
  loseAnswer(operation: string): void;
  /** The next so many calls of that operation are refused with this error and not carried out. */
  refuse(operation: string, error: string, times: number): void;
  close(): Promise<void>;
}

export async function dynamoProxy(target: string): Promise<DynamoProxy> {
  let calls: Record<string, number> = {};
  let scanned = 0;
  const lost: string[] = [];
  const refusals: { operation: string; error: string }[] = [];

  function take<T>(list: T[], fits: (one: T) => boolean): T | undefined {
    const place = list.findIndex(fits);
    return place < 0 ? undefined : list.splice(place, 1)[0];
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers["x-amz-target"]).replace(/^.*\./, "");
    const refusal = take(refusals, (one) => one.operation === operation);
    if (refusal) {
      response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${refusal.error}`, message: "as told" }));
      return;
    }

    const body = await readAll(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !["host", "connection", "content-length"].includes(name)),
    ) as Record<string, string>;
    const answer = await fetch(target, { method: "POST", headers, body: new Uint8Array(body) });
    const text = await answer.text();
    calls[operation] = (calls[operation] ?? 0) + 1;
    scanned += Number(JSON.parse(text || "{}").ScannedCount ?? 0);

    if (take(lost, (name) => name === operation)) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
    response.end(text);
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => ({ ...calls }),
    scanned: () => scanned,
    reset() {
      calls = {};
      scanned = 0;
    },
    loseAnswer: (operation) => void lost.push(operation),
    refuse(operation, error, times) {
      for (let n = 0; n < times; n++) refusals.push({ operation, error });
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
