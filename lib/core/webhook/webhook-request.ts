import * as z from "zod/mini";
import type { Envelope, Instant } from "../event.ts";
import type { Reason } from "../reason.ts";

/** Names in lower case; a header that came twice has both values joined by a comma, as HTTP servers do. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** A delivery whose signature has been checked. */
export interface WebhookRequest {
  /** The forge's name in our configuration. */
  readonly forge: string;
  readonly headers: Headers;
  readonly payload: unknown;
  readonly at: Instant;
}

/** `ignore` is an answer of 200 with a reason; `invalid` one of 400. */
export type Reading =
  | { readonly kind: "event"; readonly envelope: Envelope }
  | { readonly kind: "ignore"; readonly reason: Reason }
  | { readonly kind: "invalid"; readonly text: string };

export function ignore(code: string, text: string): Reading {
  return { kind: "ignore", reason: { code, text } };
}

/** Names the first field that is not as the forge documents it, never its value: a payload is foreign text. */
export function invalid(what: string, error: z.core.$ZodError): Reading {
  const issue = error.issues[0];
  const place = issue && issue.path.length > 0 ? issue.path.map(String).join(".") : "the payload";
  return { kind: "invalid", text: `${what}: ${place} is not what the forge documents` };
}

/** Ids stay strings: large ones come as strings from parseJson already. */
export const Id = z.pipe(z.union([z.int(), z.string().check(z.regex(/^-?\d{1,20}$/))]), z.transform(String));
export const Sha = z.string().check(z.regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/));
/** Git itself takes no control characters into a ref: one that has some was never pushed. */
export const FullRef = z.string().check(z.startsWith("refs/"), z.maxLength(1024), z.regex(/^\P{Cc}*$/u));
/** `owner/name` in the letters that both forges allow; a segment of dots only would climb out of an API path. */
const RepoName = z.string().check(z.maxLength(256), z.regex(/^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/));
export const Sender = z.object({ login: z.string().check(z.maxLength(256)) });
export const Labels = z.array(z.string().check(z.maxLength(256))).check(z.maxLength(100));
export const DeliveryId = z.string().check(z.regex(/^[\w.:-]{1,100}$/));

export const Repository = z.pipe(
  z.object({
    id: Id,
    full_name: RepoName,
    default_branch: z.nullish(z.string().check(z.maxLength(1024))),
    archived: z.nullish(z.boolean()),
  }),
  z.transform(({ id, full_name: name, default_branch, archived }) => ({
    repo: { id, name },
    ...(default_branch ? { defaultBranch: default_branch } : {}),
    ...(archived ? { archived } : {}),
  })),
);

/** Long enough for every title that a forge accepts; the envelope has to fit in a queue message. */
export const Title = z.pipe(
  z.string(),
  z.transform((title) => title.slice(0, 1024)),
);

/** What every envelope holds, whatever happened. */
export function envelopeBase(
  request: WebhookRequest,
  deliveryId: string,
  event: string,
  repository: Pick<Envelope, "repo" | "defaultBranch" | "archived">,
  sender: string,
): Pick<Envelope, "v" | "forge" | "deliveryId" | "event" | "repo" | "defaultBranch" | "archived" | "sender" | "at"> {
  return { v: 1, forge: request.forge, deliveryId, event, ...repository, sender, at: request.at };
}
