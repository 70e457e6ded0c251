import type { TakingBundles } from "../../core/deploy/deploy-ports.ts";
import { MAX_PUT_BYTES } from "../bundles.ts";
import { readBody } from "./read-body.ts";

/** `PUT /bundles/…`: the signature in the address is all that this caller needs. */
export async function putBundle(bundles: TakingBundles, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const taken = await bundles.take(`${pathname}${search}`, () => readBody(request, MAX_PUT_BYTES));
  if (taken.kind === "stored") return new Response(null, { status: 200 });
  return Response.json({ error: "not-stored", text: taken.text }, { status: 403 });
}
