import * as z from "zod/mini";
import { UserError } from "../../core/errors.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import { type HttpWorld, httpClient } from "../http/http-client.ts";
import { baseOf, headers } from "./base.ts";
import { events, permissions } from "./permissions.ts";

export interface NewApp {
  readonly name: string;
  /** Where its webhooks go; undefined: it gets none until somebody says. */
  readonly webhook?: string;
  /** Where GitHub sends the browser when the App is made. */
  readonly redirect: string;
}

/**
 * The description of a GitHub App from which GitHub makes one when somebody presses its button.
 *
 * @source GitHub, "Registering a GitHub App from a manifest"
 */
export function appManifest({ name, webhook, redirect }: NewApp): Readonly<Record<string, unknown>> {
  return {
    name,
    url: "https://github.com/apps",
    public: false,
    redirect_url: redirect,
    hook_attributes: webhook === undefined ? { url: "https://example.com", active: false } : { url: webhook },
    default_permissions: permissions,
    default_events: events,
  };
}

/** A GitHub App that was just made. Its secrets are shown this once. */
export interface MadeApp {
  readonly id: string;
  readonly page: string;
  readonly key: string;
  readonly webhookSecret: string | undefined;
}

const Made = z.object({
  id: Id,
  html_url: z.string(),
  pem: z.string().check(z.minLength(1)),
  webhook_secret: z.nullish(z.string()),
});

/** Redeems the code that GitHub gave to the browser; it works once, within an hour. */
export async function redeemManifest(url: string, code: string, world: HttpWorld): Promise<MadeApp> {
  const base = baseOf(url);
  const http = httpClient({ url: base.url, credential: { header: async () => undefined }, world, headers });
  const answer = await http.send({
    method: "POST",
    path: `${base.rest}/app-manifests/{code}/conversions`,
    params: { code },
    shape: Made,
    tolerates: [404, 422],
  });
  if (answer.kind === "refused") throw new UserError("GitHub does not know this code (any more)");
  const { id, html_url, pem, webhook_secret } = answer.value;
  return { id, page: html_url, key: pem, webhookSecret: webhook_secret ?? undefined };
}
