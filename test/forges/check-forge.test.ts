import { describe, expect, it } from "@jest/globals";
import type { Forge } from "../../lib/core/forge.ts";
import { checkHook } from "../../lib/forges/check-forge.ts";

/** A forge that tells how the last delivery was answered, as GitHub does. */
function answered(lastStatus: number | undefined): Pick<Forge, "hooks"> {
  const found = { kind: "present", active: true, missing: [], ...(lastStatus !== undefined && { lastStatus }) };
  return { hooks: { look: async () => found } } as unknown as Pick<Forge, "hooks">;
}

const hook = { name: "hub", repo: "acme/shop", url: "https://door.example/webhook/hub" };

describe("5-10 dayfly doctor's look at a webhook", () => {
  it.each([
    { last: undefined, verdict: "ok", text: "is there" },
    { last: 202, verdict: "ok", text: "its last delivery was answered 202" },
    {
      last: 401,
      verdict: "bad",
      text: "its last delivery was answered 401",
      cure: /^Its secret is another than .*hooks add/,
    },
    { last: 503, verdict: "bad", text: "its last delivery was answered 503", cure: /^dayfly hooks add acme\/shop/ },
  ])("whose last delivery was answered $last is $verdict", async ({ last, verdict, text, cure }) => {
    const found = await checkHook(hook, answered(last));
    expect(found).toMatchObject({ name: "hook hub acme/shop", verdict, text });
    expect(found?.cure ?? "").toMatch(cure ?? /^$/);
  });

  it("says nothing of a forge without webhooks", async () => {
    expect(await checkHook(hook, {})).toBeUndefined();
  });
});
