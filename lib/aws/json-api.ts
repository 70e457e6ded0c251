import { AwsClient } from "aws4fetch";
import { WorldError } from "../core/errors.ts";

/** Where a service is, and as whom we call it. */
export interface AwsAccess {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Instead of the service's own address. */
  readonly endpoint?: string;
}

/** One of AWS's services that speak plain JSON: SQS and SSM. */
export interface JsonApi {
  /**
   * @throws WorldError with the service's own code; retryable where the same call may succeed later
   */
  call(action: string, body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

const services = {
  sqs: { target: "AmazonSQS", content: "application/x-amz-json-1.0" },
  ssm: { target: "AmazonSSM", content: "application/x-amz-json-1.1" },
} as const;

const attempts = 3;
const timeoutMs = 3_000;

/**
 * Signed calls without the SDK, whose first client alone costs a cold start some 30 ms and 90 KB (docs/benchmarks.md).
 * Only for calls that may be repeated.
 */
export function jsonApi(service: keyof typeof services, access: AwsAccess): JsonApi {
  const { region, accessKeyId, secretAccessKey, sessionToken } = access;
  // The signing key is derived once a day, and the client keeps it. Its own retries know no time limit: ours do.
  const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, service, region, retries: 0 });
  const url = access.endpoint ?? `https://${service}.${region}.amazonaws.com/`;
  const { target, content } = services[service];

  async function once(action: string, body: string): Promise<Readonly<Record<string, unknown>>> {
    const headers = { "content-type": content, "x-amz-target": `${target}.${action}` };
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await client.fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
    const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (response.ok) return answer;
    const code = String(answer.__type ?? response.status).replace(/^.*#/, "");
    throw new WorldError(`${service} ${action}: ${code}`, { retryable: isPassing(response.status, code) });
  }

  return {
    async call(action, body) {
      const text = JSON.stringify(body);
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(action, text);
        } catch (error) {
          const failure = asWorldError(`${service} ${action}`, error);
          if (!failure.retryable || attempt === attempts) throw failure;
        }
      }
    },
  };
}

function isPassing(status: number, code: string): boolean {
  return status >= 500 || status === 429 || /Throttl|TooManyRequests|RequestTimeout|ExpiredToken/.test(code);
}

function asWorldError(what: string, error: unknown): WorldError {
  if (error instanceof WorldError) return error;
  return new WorldError(`${what}: no answer`, { retryable: true, cause: error });
}
