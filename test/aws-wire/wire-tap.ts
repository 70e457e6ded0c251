import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call of a service that passed, in order. */
export interface WireCall {
  readonly service: string;
  readonly operation: string;
  /** The caller's session token: which container of a function it was. */
  readonly container: string;
}

/**
 * Stands between our code and the services, and can die at any call: from then on nothing passes, which is all that the
 * world sees of a process that was killed.
 */
export interface WireTap {
  /** Addresses to use instead of the services' own. */
  readonly urls: Readonly<Record<string, string>>;
  /** Calls since `reset`. */
  readonly calls: WireCall[];
  /** Calls that their caller had no right to, and what was lacking. */
  readonly denied: readonly string[];
  /** Dies at that call, counted from 0: before it reaches its service, or when its answer comes back. */
  dieAt(call: number, when: "before" | "after"): void;
  /** When the answer of that call is there, counted from 0, its container is killed instead of hearing it. */
  killAt(call: number, kill: (container: string) => void): void;
  /** A new process: calls pass again, and are counted from 0. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * IAM's judgement of a call: the right that its caller lacks.
 *
 * @param caller what stands behind the address, `http://…/<caller>`
 */
export type Judge = (caller: string, call: WireCall, body: string) => string | undefined;

/** @param services address of each, or which address serves an operation */
export async function wireTap(
  services: Readonly<Record<string, string | ((operation: string) => string)>>,
  judge: Judge = () => undefined,
): Promise<WireTap> {
  const calls: WireCall[] = [];
  const denied: string[] = [];
  let death: { call: number; when: "before" | "after" } | undefined;
  let dead = false;
  let killing: { call: number; kill: (container: string) => void } | undefined;

  async function pass(
    service: string,
    server: string | ((operation: string) => string),
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    const body = await readAll(request);
    const call = calls.length;
    if (dead) return void request.socket.destroy();
    const container = String(request.headers["x-amz-security-token"] ?? "");
    const made = { service, operation: operationOf(request, body), container };
    const target = typeof server === "string" ? server : server(made.operation);
    calls.push(made);
    const lacks = judge(new URL(request.url ?? "/", target).pathname.replaceAll("/", ""), made, body.toString("utf8"));
    if (lacks !== undefined) return void refuse(response, made, lacks);
    if (death?.call === call && death.when === "before") dead = true;
    if (dead) return void request.socket.destroy();
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !["host", "connection", "content-length"].includes(name)),
    ) as Record<string, string>;
    const answer = await fetch(target, { method: "POST", headers, body: new Uint8Array(body) });
    const text = await answer.text();
    if (death?.call === call) dead = true;
    if (killing?.call === call) killing.kill(container);
    if (dead || killing?.call === call) return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(text);
  }

  function refuse(response: ServerResponse, { service, operation }: WireCall, lacks: string): void {
    denied.push(`${service} ${operation}: ${lacks}`);
    const json = JSON.stringify({ __type: "AccessDeniedException", message: `not authorized to perform: ${lacks}` });
    const error = "<Error><Code>UnauthorizedOperation</Code><Message>not authorized</Message></Error>";
    const text = service === "ec2" ? `<Response><Errors>${error}</Errors></Response>` : json;
    response.writeHead(service === "ec2" ? 403 : 400).end(text);
  }

  const servers = Object.entries(services).map(([service, target]) => {
    const server = createServer((request, response) => {
      pass(service, target, request, response).catch(() => request.socket.destroy());
    });
    return { service, server };
  });
  for (const { server } of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const urls = servers.map(({ service, server }) => [
    service,
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ]);
  return {
    urls: Object.fromEntries(urls),
    calls,
    denied,
    dieAt(call, when) {
      death = { call, when };
    },
    killAt(call, kill) {
      killing = { call, kill };
    },
    reset() {
      calls.length = 0;
      killing = undefined;
      death = undefined;
      dead = false;
    },
    async close() {
      for (const { server } of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** SQS and DynamoDB name it in a header, EC2 in the body. */
function operationOf(request: IncomingMessage, body: Buffer): string {
  const target = request.headers["x-amz-target"];
  if (target !== undefined) return String(target).replace(/^.*\./, "");
  return new URLSearchParams(body.toString("utf8")).get("Action") ?? "";
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
