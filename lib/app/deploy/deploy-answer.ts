import { fits } from "../../core/deploy/deploy-request.ts";
import type { Refusal } from "../../core/deploy/policy.ts";

/** One request to the deploy API. */
export interface ApiCall {
  readonly method: string;
  /** Without query: `/api/deploys/0123…`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: object;
}

/** Every answer that is no success: a stable word, and a sentence. */
export function problem(status: number, error: string, text: string): ApiAnswer {
  return { status, body: { error, text } };
}

export function refused({ status, reason }: Refusal): ApiAnswer {
  return problem(status, reason.code, reason.text);
}

export function invalid(error: {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
}): ApiAnswer {
  const text = error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`).join("; ");
  return problem(422, "invalid", text);
}

export function noDeploy(id: string): ApiAnswer {
  return problem(404, "unknown-deploy", fits("id", id) ? `there is no deploy ${id}` : "that is no id of a deploy");
}

export const nothingHere: ApiAnswer = problem(404, "nothing-here", "the deploy API has no such address");
