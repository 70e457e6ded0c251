import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** One request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Keys that AWS has given to somebody, and what may be done with them. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** `arn:aws:sts::123456789012:assumed-role/<role>/<session>` */
  readonly arn: string;
  readonly expiresAt: number;
}

export interface SignatureRules {
  readonly region: string;
  readonly service: string;
  readonly now: number;
  readonly find: (accessKeyId: string) => Identity | undefined;
}

export type SignatureCheck =
  | { readonly kind: "signed"; readonly identity: Identity }
  | { readonly kind: "refused"; readonly because: string };

const tolerated = 5 * 60_000;

/**
 * Signature Version 4 as AWS checks it.
 *
 * @source https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function checkSignature(request: WireRequest, rules: SignatureRules): SignatureCheck {
  const header = request.headers.authorization;
  if (header === undefined) return refused("no Authorization header");
  const found =
    /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (!found) return refused("an Authorization header of another form");
  const [, accessKeyId = "", day = "", region = "", service = "", names = "", signature = ""] = found;
  if (region !== rules.region) return refused(`scoped to the region ${region}`);
  if (service !== rules.service) return refused(`scoped to the service ${service}`);

  const time = request.headers["x-amz-date"] ?? "";
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(at - rules.now) <= tolerated)) return refused("signed more than five minutes ago, or ahead");
  if (!time.startsWith(day)) return refused("its scope names another day");

  const identity = rules.find(accessKeyId);
  if (!identity) return refused("nobody has this key");
  if (rules.now >= identity.expiresAt) return refused("the key has expired");
  if (request.headers["x-amz-security-token"] !== identity.sessionToken) return refused("another session's token");

  const signed = names.split(";");
  const must = Object.keys(request.headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (must.some((name) => !signed.includes(name))) return refused("a header that has to be signed is not");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical(request, signed))].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${identity.secretAccessKey}`),
  );
  const expected = hmac(key, text);
  if (!timingSafeEqual(expected, Buffer.from(signature, "hex"))) return refused("the signature is wrong");
  return { kind: "signed", identity };
}

function refused(because: string): SignatureCheck {
  return { kind: "refused", because };
}

function canonical({ method, target, headers, body }: WireRequest, signed: readonly string[]): string {
  const url = new URL(target, "http://gateway");
  // Every service but S3 encodes the path, which is encoded already, once more.
  const path = url.pathname.split("/").map(encodeURIComponent).join("/");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join("&");
  const lines = signed.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`);
  return [method, path, query, ...lines, "", signed.join(";"), sha256(body)].join("\n");
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
