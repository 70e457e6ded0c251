import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../../lib/core/ports.ts";
import type { Identity } from "../gateway/signature.ts";

/** One machine's metadata service, version 2 only. */
export interface MetadataService {
  readonly url: string;
  /** Answers below /latest/meta-data/ beside the role's keys; a test puts `spot/instance-action` here. */
  readonly values: Map<string, string>;
  /** Requests that were turned away. */
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

/**
 * @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html
 * @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
export async function metadataService(role: string, keys: Identity, clock: Clock): Promise<MetadataService> {
  const tokens = new Map<string, number>();
  const refusals: string[] = [];
  const values = new Map([
    ["iam/security-credentials/", role],
    [`iam/security-credentials/${role}`, document(keys, clock)],
  ]);
  const server = createServer((request, response) => {
    const { status, body } = answer(request);
    if (status >= 400 && status !== 404) refusals.push(`${request.method} ${request.url}: ${status}`);
    response.writeHead(status, { "content-type": "text/plain" }).end(body);
  });

  function answer(request: IncomingMessage): { status: number; body: string } {
    const url = request.url ?? "";
    // A proxy may be in between: no token is handed out by way of one.
    if (request.headers["x-forwarded-for"] !== undefined) return { status: 403, body: "" };
    if (url === "/latest/api/token") {
      const seconds = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
      if (request.method !== "PUT") return { status: 405, body: "" };
      if (!(seconds >= 1 && seconds <= 21_600)) return { status: 400, body: "" };
      const token = randomBytes(42).toString("base64");
      tokens.set(token, clock.now() + seconds * 1000);
      return { status: 200, body: token };
    }
    const until = tokens.get(String(request.headers["x-aws-ec2-metadata-token"]));
    if (until === undefined || clock.now() >= until) return { status: 401, body: "" };
    const value = values.get(url.replace("/latest/meta-data/", ""));
    return value === undefined ? { status: 404, body: "<h1>404 - Not Found</h1>" } : { status: 200, body: value };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    values,
    refusals,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** As the service prints it: one field a line. */
function document({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: Identity, clock: Clock): string {
  return `{
  "Code" : "Success",
  "LastUpdated" : "${new Date(clock.now()).toISOString()}",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "${accessKeyId}",
  "SecretAccessKey" : "${secretAccessKey}",
  "Token" : "${sessionToken}",
  "Expiration" : "${new Date(expiresAt).toISOString()}"
}`;
}
