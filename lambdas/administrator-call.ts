import * as z from "zod/mini";
import type { ApiCall } from "../lib/app/deploy/deploy-answer.ts";
import type { Asker } from "../lib/core/deploy/policy.ts";

const Call = z.strictObject({
  /** For the audit; IAM has decided already that this caller may invoke the function. */
  administrator: z.string().check(z.regex(/^[\w.@-]{1,64}$/)),
  method: z.enum(["GET", "POST"]),
  path: z.string().check(z.maxLength(200)),
  query: z._default(z.record(z.string(), z.string()), {}),
  body: z._default(z.record(z.string(), z.unknown()), {}),
});

/**
 * A call that came by `lambda:InvokeFunction` and not through the gateway, whose events always have a request context:
 * whoever IAM lets do that is an administrator. Undefined for everything else.
 */
export function administratorCall(event: unknown): { readonly asker: Asker; readonly call: ApiCall } | undefined {
  const read = Call.safeParse(event);
  if (!read.success) return undefined;
  const { administrator: name, method, path, query, body } = read.data;
  return { asker: { kind: "administrator", name }, call: { method, path, query, body: JSON.stringify(body) } };
}
