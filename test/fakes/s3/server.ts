import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../../lib/core/ports.ts";
import type { Identity } from "../gateway/signature.ts";
import { refusalOfPresigned } from "./presigned.ts";

export interface S3Server {
  readonly url: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** `PUT bucket/key 200`, in their order. */
  readonly calls: string[];
  /** What the caller's role may do; everything at first. */
  allowed: ReadonlySet<string>;
  /** The next requests are answered by this status, so many times. */
  trouble: { readonly status: number; times: number } | undefined;
  close(): Promise<void>;
}

export interface S3Options {
  readonly region: string;
  /** Whose signatures are good; where they are many, each is known by its session's token. */
  readonly identity: Identity | ((sessionToken: string) => Identity | undefined);
  /** The policies of who has signed; where there are none, `allowed` decides alone. */
  readonly allows?: (identity: Identity, call: { readonly action: string; readonly resource: string }) => boolean;
  readonly clock: Clock;
  /** Speaks https, as that certificate's owner. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

const rights = { PUT: "s3:PutObject", GET: "s3:GetObject", HEAD: "s3:GetObject" } as const;
const statuses: Readonly<Record<string, number>> = { NoSuchKey: 404, MissingContentLength: 411, BadDigest: 400 };

/**
 * Objects of one account, for whoever comes with a signature in the query. Both ways of naming a bucket: in the path, and in the host.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function s3Server({ region, identity, allows, clock, tls }: S3Options): Promise<S3Server> {
  const signerOf = (target: string) => {
    const token = new URL(target, "http://s3").searchParams.get("X-Amz-Security-Token") ?? "";
    return typeof identity === "function" ? identity(token) : identity;
  };
  const server: Omit<S3Server, "url" | "close"> = {
    objects: new Map(),
    calls: [],
    allowed: new Set(["s3:PutObject", "s3:GetObject", "s3:ListBucket"]),
    trouble: undefined,
  };

  function refusalOf(request: IncomingMessage, key: string, body: Buffer): string | undefined {
    const { method = "", url = "" } = request;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const signer = signerOf(url);
    const find = (id: string) => (id === signer?.accessKeyId ? signer : undefined);
    const wrong = refusalOfPresigned({ method, target: url, headers }, { region, now: clock.now(), find });
    if (wrong || !signer) return wrong ?? "InvalidAccessKeyId";
    const action = rights[method as keyof typeof rights] ?? "";
    if (!server.allowed.has(action)) return "AccessDenied";
    if (allows && !allows(signer, { action, resource: `arn:aws:s3:::${key}` })) return "AccessDenied";
    if (method !== "PUT")
      return server.objects.has(key) ? undefined : server.allowed.has("s3:ListBucket") ? "NoSuchKey" : "AccessDenied";
    if (headers["content-length"] === undefined) return "MissingContentLength";
    const checksum = headers["x-amz-checksum-sha256"];
    const real = createHash("sha256").update(body).digest("base64");
    return checksum !== undefined && checksum !== real ? "BadDigest" : undefined;
  }

  const serve: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const [, bucket] = /^([a-z0-9-]+)\.s3\./.exec(request.headers.host ?? "") ?? [];
    const path = (request.url ?? "").replace(/^\//, "").replace(/\?.*/, "");
    const key = bucket === undefined ? path : `${bucket}/${path}`;
    const troubled = server.trouble && server.trouble.times-- > 0 ? server.trouble.status : undefined;
    const refusal = troubled === undefined ? refusalOf(request, key, body) : "InternalError";
    const status = troubled ?? (refusal === undefined ? 200 : (statuses[refusal] ?? 403));
    server.calls.push(`${request.method} ${key} ${status}`);
    if (status === 200 && request.method === "PUT") server.objects.set(key, body);
    response.writeHead(status);
    response.end(
      status === 200 && request.method === "GET"
        ? server.objects.get(key)
        : refusal && `<Error><Code>${refusal}</Code></Error>`,
    );
  };
  const listener = tls ? createTlsServer(tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return Object.assign(server, {
    url: `${tls ? "https" : "http"}://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    close: () => {
      listener.closeAllConnections();
      return new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  });
}
