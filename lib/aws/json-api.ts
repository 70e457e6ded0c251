import { request as requestOverHttp } from "node:http";
import { request as requestOverHttps } from "node:https";
import { text as textOf } from "node:stream/consumers";
import { WorldError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { type SigningKeys, signRequest } from "./sign-request.ts";

/** Where a service is, and as whom we call it. */
export interface AwsAccess extends SigningKeys {
  readonly region: string;
  /** Instead of the service's own address. */
  readonly endpoint?: string;
  /** Of one try, 3,000 unless told. */
  readonly timeoutMilliseconds?: number;
}

/** One of AWS's services that speak plain JSON: SQS, SSM and ECR. */
export interface JsonApi {
  /**
   * @throws WorldError with the service's own code; retryable where the same call may succeed later
   */
  call(action: string, body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

const services = {
  sqs: { host: "sqs", target: "AmazonSQS", content: "application/x-amz-json-1.0" },
  ssm: { host: "ssm", target: "AmazonSSM", content: "application/x-amz-json-1.1" },
  ecr: {
    host: "api.ecr",
    target: "AmazonEC2ContainerRegistry_V20150921",
    content: "application/x-amz-json-1.1",
  },
} as const;

const attempts = 3;

/**
 * Signed calls without the SDK, whose first client alone costs a cold start some 30 ms and 90 KB, and without `fetch`, whose
 * first call costs another 70 ms (docs/benchmarks.md). Only for calls that may be repeated.
 */
export function jsonApi(service: keyof typeof services, access: AwsAccess): JsonApi {
  const { region, endpoint, timeoutMilliseconds = 3_000 } = access;
  const { host, target, content } = services[service];
  const url = new URL(endpoint ?? `https://${host}.${region}.amazonaws.com/`);

  async function once(action: string, body: string): Promise<Readonly<Record<string, unknown>>> {
    const named = { "content-type": content, "x-amz-target": `${target}.${action}` };
    const headers = signRequest(access, { service, region, url, headers: named, body, at: Date.now() });
    const { status, text } = await post(url, headers, body, AbortSignal.timeout(timeoutMilliseconds));
    const answer = readObject(text);
    if (status === 200) return answer;
    const code = String(answer.__type ?? status).replace(/^.*#/, "");
    throw new WorldError(`${service} ${action}: ${code}`, { retryable: isPassing(status, code) });
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

/** One request and its whole answer. No redirect is followed. */
function post(url: URL, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<Answer> {
  const send = url.protocol === "http:" ? requestOverHttp : requestOverHttps;
  return new Promise((resolve, reject) => {
    const request = send(url, { method: "POST", headers, signal }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    request.on("error", reject).end(body);
  });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isPassing(status: number, code: string): boolean {
  return status >= 500 || status === 429 || /Throttl|TooManyRequests|RequestTimeout|ExpiredToken/.test(code);
}

function asWorldError(what: string, error: unknown): WorldError {
  if (error instanceof WorldError) return error;
  return new WorldError(`${what}: no answer`, { retryable: true, cause: error });
}
