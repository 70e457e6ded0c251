import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
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
  readonly identity: Identity;
  readonly clock: Clock;
}

const rights = { PUT: "s3:PutObject", GET: "s3:GetObject", HEAD: "s3:GetObject" } as const;
const statuses: Readonly<Record<string, number>> = { NoSuchKey: 404, MissingContentLength: 411, BadDigest: 400 };

/**
 * Objects of one account, for whoever comes with a signature in the query. Both ways of naming a bucket: in the path, and in the host.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function s3Server({ region, identity, clock }: S3Options): Promise<S3Server> {
  const find = (id: string) => (id === identity.accessKeyId ? identity : undefined);
  const server: Omit<S3Server, "url" | "close"> = {
    objects: new Map(),
    calls: [],
    allowed: new Set(["s3:PutObject", "s3:GetObject", "s3:ListBucket"]),
    trouble: undefined,
  };

  function refusalOf(request: IncomingMessage, key: string, body: Buffer): string | undefined {
    const { method = "", url = "" } = request;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const wrong = refusalOfPresigned({ method, target: url, headers }, { region, now: clock.now(), find });
    if (wrong) return wrong;
    if (!server.allowed.has(rights[method as keyof typeof rights] ?? "")) return "AccessDenied";
    if (method !== "PUT")
      return server.objects.has(key) ? undefined : server.allowed.has("s3:ListBucket") ? "NoSuchKey" : "AccessDenied";
    if (headers["content-length"] === undefined) return "MissingContentLength";
    const checksum = headers["x-amz-checksum-sha256"];
    const real = createHash("sha256").update(body).digest("base64");
    return checksum !== undefined && checksum !== real ? "BadDigest" : undefined;
  }

  const listener = createServer(async (request, response) => {
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
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return Object.assign(server, {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    close: () => {
      listener.closeAllConnections();
      return new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  });
}
