import { AwsV4Signer } from "aws4fetch";
import type { Identity } from "../fakes/gateway/signature.ts";
import { region } from "./template-values.ts";

export interface CallChanges {
  readonly path?: string;
  readonly body?: string;
  readonly region?: string;
  readonly service?: string;
  /** When it was signed, in milliseconds; now if absent. */
  readonly signedAt?: number;
}

export interface SignedCall {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface MachineAnswer {
  readonly status: number;
  readonly error?: string;
  readonly registration?: { readonly runnerFile?: string };
  readonly runKey?: string;
  readonly runner?: string;
}

export const bootId = "11111111-1111-4111-8111-111111111111";

/** A call of the runner API, signed by a library that is none of the verifier's. */
export async function signed(gateway: string, identity: Identity, changes: CallChanges = {}): Promise<SignedCall> {
  const { path = "/runner/claim", body = JSON.stringify({ bootId }), signedAt = Date.now() } = changes;
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  const signer = new AwsV4Signer({
    url: `${gateway}${path}`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    accessKeyId,
    secretAccessKey,
    sessionToken,
    service: changes.service ?? "execute-api",
    region: changes.region ?? region,
    datetime: new Date(signedAt).toISOString().replace(/[:-]|\.\d{3}/g, ""),
  });
  const { url, headers } = await signer.sign();
  return { url: url.toString(), headers: Object.fromEntries(headers.entries()), body };
}

export async function send({ url, headers, body }: SignedCall): Promise<MachineAnswer> {
  const response = await fetch(url, { method: "POST", headers, body });
  const text = await response.text();
  return { ...(JSON.parse(text || "{}") as object), status: response.status };
}
