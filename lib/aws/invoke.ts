import { WorldError } from "../core/errors.ts";
import type { AwsAccess } from "./json-api.ts";
import { signRequest } from "./sign-request.ts";

const timeoutMs = 35_000;

/**
 * Calls a function and waits for its answer. Once: whoever does not hear it cannot know whether the function has run.
 *
 * @throws Error whose name is the service's own code; WorldError where the function itself failed
 * @source https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function invoke(access: AwsAccess, functionName: string, event: object): Promise<unknown> {
  const { region, endpoint = `https://lambda.${region}.amazonaws.com` } = access;
  const url = new URL(`${endpoint}/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`);
  const body = JSON.stringify(event);
  const { host: _set, ...headers } = signRequest(access, {
    service: "lambda",
    region,
    url,
    headers: {},
    body,
    at: Date.now(),
  });
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw Object.assign(new Error(`lambda Invoke: ${response.status}`), { name: codeOf(response) });
  // What the function says of its failure is for its own log.
  if (response.headers.has("x-amz-function-error"))
    throw new WorldError("the function failed; its log has it", { retryable: false });
  return answer;
}

/** `AccessDeniedException:http://internal.amazon.com/…` */
function codeOf({ headers, status }: Response): string {
  return headers.get("x-amzn-errortype")?.replace(/:.*$/, "") ?? `Http${status}`;
}
