import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpWorld } from "../../lib/forges/http/http-client.ts";

export type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface HostileForge {
  readonly url: string;
  /** `GET /path?query` of every request that came. */
  readonly requests: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
  /** What every following request gets. */
  replyWith(reply: Reply): void;
  close(): Promise<void>;
}

/** A server on this computer that answers as the test says: what a broken, taken over or overloaded forge may do. */
export async function hostileForge(): Promise<HostileForge> {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  let reply: Reply = (_request, response) => void response.writeHead(404).end();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers.authorization);
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8");
    });
    request.on("end", () => reply(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    authorizations,
    replyWith(next) {
      reply = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return (_request, response) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

/** The real fetch, and a clock that only sleeping moves: waits are recorded, never waited for. */
export function testWorld(): HttpWorld & { readonly waits: number[] } {
  const waits: number[] = [];
  let now = Date.parse("2026-11-21T12:00:00Z");
  return {
    waits,
    fetch,
    now: () => now,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    fraction: () => 0.5,
  };
}
