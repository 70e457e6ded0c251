import { describe, expect, it } from "@jest/globals";
import { AwsV4Signer } from "aws4fetch";
import fc from "fast-check";
import { signRequest } from "../../lib/aws/sign-request.ts";

/** @source AWS's own test suite of Signature Version 4 (`post-vanilla`) */
const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const request = {
  service: "service",
  region: "us-east-1",
  url: new URL("https://example.amazonaws.com/"),
  headers: {},
  body: "",
  at: Date.UTC(2015, 7, 30, 12, 36, 0),
};

describe("a signed request", () => {
  it("has the signature of AWS's own example", () => {
    expect(signRequest(keys, request)).toEqual({
      host: "example.amazonaws.com",
      "x-amz-date": "20150830T123600Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    });
  });

  it("is signed as another library signs it, whatever its body, port and session", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          body: fc.string({ unit: "grapheme" }),
          target: fc.stringMatching(/^[A-Za-z.]{1,40}$/),
          port: fc.integer({ min: 1024, max: 65_535 }),
          sessionToken: fc.option(fc.stringMatching(/^[\w+/=]{1,200}$/), { nil: undefined }),
          second: fc.integer({ min: 0, max: 4_000_000_000 }),
        }),
        async ({ body, target, port, sessionToken, second }) => {
          const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
          const url = new URL(`http://127.0.0.1:${port}/`);
          const all = { ...keys, ...(sessionToken && { sessionToken }) };
          const ours = signRequest(all, { ...request, url, headers, body, at: second * 1000 });
          const signer = new AwsV4Signer({
            ...{ ...all, service: "service", region: "us-east-1", method: "POST", url: url.href, headers, body },
            // It leaves this header out of what is signed unless told.
            allHeaders: true,
            datetime: ours["x-amz-date"],
          });
          expect(ours.authorization).toBe((await signer.sign()).headers.get("authorization"));
        },
      ),
      { numRuns: 300 },
    );
  });
});
