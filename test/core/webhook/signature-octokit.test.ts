import { describe, expect, it } from "@jest/globals";
import { Webhooks } from "@octokit/webhooks";
import fc from "fast-check";
import { hmacSha256 } from "../../../lib/core/hash.ts";
import { checkSignature } from "../../../lib/core/webhook/signature.ts";

const secret = "it is a secret";
const octokit = new Webhooks({ secret });

/** GitHub's own library as a second opinion on what a signature is. */
describe("5-02 signatures, beside @octokit/webhooks", () => {
  it("what it signs, we accept; what we sign, it accepts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), async (payload) => {
        const body = Buffer.from(payload);
        const headers = { "x-hub-signature-256": await octokit.sign(payload) };

        expect(checkSignature({ headers, body }, [secret], hmacSha256)).toBe("valid");
        expect(await octokit.verify(payload, `sha256=${hmacSha256(secret, body)}`)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("both refuse what another secret has signed", async () => {
    const body = Buffer.from("{}");
    const signature = `sha256=${hmacSha256("another", body)}`;

    expect(checkSignature({ headers: { "x-hub-signature-256": signature }, body }, [secret], hmacSha256)).toBe("wrong");
    expect(await octokit.verify("{}", signature)).toBe(false);
  });
});
