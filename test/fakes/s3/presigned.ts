import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Identity } from "../gateway/signature.ts";

/** One request as it came over the wire. */
export interface S3Request {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface PresignedRules {
  readonly region: string;
  readonly now: number;
  readonly find: (accessKeyId: string) => Identity | undefined;
}

/**
 * A signature in the query, as S3 checks it: undefined where it is good, else S3's own word for what is wrong.
 *
 * @source https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function refusalOfPresigned(request: S3Request, rules: PresignedRules): string | undefined {
  const [path = "", search = ""] = request.target.split("?");
  const query = new Map(
    search.split("&").map((pair) => pair.split("=", 2).map(decodeURIComponent) as [string, string]),
  );
  const told = (name: string) => query.get(name) ?? "";
  if (told("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") return "AccessDenied";
  const [accessKeyId = "", day = "", region, service, end] = told("X-Amz-Credential").split("/");
  const time = told("X-Amz-Date");
  if (region !== rules.region || service !== "s3" || end !== "aws4_request" || !time.startsWith(day))
    return "AuthorizationQueryParametersError";
  const from = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const seconds = Number(told("X-Amz-Expires"));
  if (!(seconds >= 1 && seconds <= 604_800)) return "AuthorizationQueryParametersError";
  if (rules.now >= from + seconds * 1000) return "AccessDenied";
  if (from > rules.now + 15 * 60_000) return "RequestTimeTooSkewed";
  const identity = rules.find(accessKeyId);
  if (!identity) return "InvalidAccessKeyId";
  if (told("X-Amz-Security-Token") !== identity.sessionToken) return "InvalidToken";
  if (rules.now >= identity.expiresAt) return "ExpiredToken";

  const signed = told("X-Amz-SignedHeaders").split(";");
  const must = Object.keys(request.headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (must.some((name) => !signed.includes(name))) return "AccessDenied";
  const parameters = search.split("&").filter((pair) => !pair.startsWith("X-Amz-Signature="));
  const lines = signed.map((name) => `${name}:${(request.headers[name] ?? "").trim()}`);
  const canonical = [
    request.method,
    path,
    parameters.sort().join("&"),
    ...lines,
    "",
    signed.join(";"),
    "UNSIGNED-PAYLOAD",
  ];
  const scope = [day, region, service, end].join("/");
  const text = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical.join("\n")).digest("hex")];
  const key = [day, region, service, end].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${identity.secretAccessKey}`),
  );
  const signature = Buffer.from(told("X-Amz-Signature"), "hex");
  const expected = hmac(key, text.join("\n"));
  return signature.length === expected.length && timingSafeEqual(signature, expected)
    ? undefined
    : "SignatureDoesNotMatch";
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
