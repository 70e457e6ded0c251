import { createHash, createHmac } from "node:crypto";
import type { Instant } from "../core/event.ts";

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface RequestToSign {
  readonly service: string;
  readonly region: string;
  readonly url: URL;
  /** Names in lower case, values without spaces at their ends. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: Instant;
}

/**
 * The headers of a POST without a query, with those that prove who sends it.
 *
 * @source AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signRequest(keys: SigningKeys, request: RequestToSign): Readonly<Record<string, string>> {
  const { service, region, url, body } = request;
  const time = `${new Date(request.at).toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const day = time.slice(0, 8);
  const token = keys.sessionToken && { "x-amz-security-token": keys.sessionToken };
  const headers: Record<string, string> = { ...request.headers, host: url.host, "x-amz-date": time, ...token };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = ["POST", url.pathname, "", lines, names.join(";"), sha256(body)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");
  const credential = `Credential=${keys.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
