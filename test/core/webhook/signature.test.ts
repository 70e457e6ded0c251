import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { checkSignature, type HmacSha256 } from "../../../lib/core/webhook/signature.ts";
import { fixtureSecret, lowerCase, recordedDeliveries } from "../../fixtures/gitea.ts";

const hmac: HmacSha256 = (secret, message) => createHmac("sha256", secret).update(message).digest("hex");
const body = Buffer.from('{\n  "a": 1\n}');
const digest = hmac("s3cret", body);

describe("checkSignature", () => {
  it.each([
    { headers: { "x-hub-signature-256": `sha256=${digest}` }, verdict: "valid", because: "both forges send this one" },
    { headers: { "x-gitea-signature": digest }, verdict: "valid", because: "Gitea's bare form alone will do" },
    {
      headers: { "x-hub-signature-256": `sha256=${digest}`, "x-gitea-signature": digest },
      verdict: "valid",
      because: "a real Gitea sends both",
    },
    { headers: {}, verdict: "missing", because: "nothing is signed" },
    {
      headers: { "x-hub-signature": `sha1=${digest.slice(0, 40)}` },
      verdict: "missing",
      because: "SHA-1 counts for nothing",
    },
    {
      headers: { "x-hub-signature-256": "sha256=" },
      verdict: "malformed",
      because: "a hook without a secret sends this",
    },
    { headers: { "x-gitea-signature": "" }, verdict: "malformed", because: "so it does here" },
    { headers: { "x-hub-signature-256": digest }, verdict: "malformed", because: "the prefix is missing" },
    {
      headers: { "x-hub-signature-256": `sha256=${digest.toUpperCase()}` },
      verdict: "malformed",
      because: "forges send lower case",
    },
    {
      headers: { "x-hub-signature-256": `sha256=${digest.slice(2)}` },
      verdict: "malformed",
      because: "it is too short",
    },
    {
      headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}, sha256=${digest}` },
      verdict: "malformed",
      because: "two signatures are one too many",
    },
    {
      headers: { "x-hub-signature-256": `sha256=${digest}`, "x-gitea-signature": "0".repeat(64) },
      verdict: "malformed",
      because: "they contradict each other",
    },
    { headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }, verdict: "wrong", because: "nobody signed that" },
  ])("5-02 answers $verdict where $because", ({ headers, verdict }) => {
    expect(checkSignature({ headers, body }, ["s3cret"], hmac)).toBe(verdict);
  });

  it.each([
    {
      secrets: ["new", "s3cret"],
      verdict: "valid",
      because: "the previous secret still counts while it is being changed",
    },
    { secrets: ["new"], verdict: "wrong", because: "afterwards it does not" },
    { secrets: [], verdict: "wrong", because: "without a secret nothing verifies" },
  ])("5-02 answers $verdict with $secrets: $because", ({ secrets, verdict }) => {
    const headers = { "x-hub-signature-256": `sha256=${digest}` };
    expect(checkSignature({ headers, body }, secrets, hmac)).toBe(verdict);
  });

  it("never verifies with an empty secret, though anybody can sign with that", () => {
    const headers = { "x-hub-signature-256": `sha256=${hmac("", body)}` };
    expect(checkSignature({ headers, body }, [""], hmac)).toBe("wrong");
  });

  it("covers the bytes as they came: the same JSON in another spelling is wrong", () => {
    const headers = { "x-hub-signature-256": `sha256=${digest}` };
    expect(checkSignature({ headers, body: Buffer.from('{"a":1}') }, ["s3cret"], hmac)).toBe("wrong");
  });

  it.each(["1.25.4", "1.26.3"] as const)(
    "5-02 verifies what a real Gitea %s signed, and refuses its unsigned hook",
    (version) => {
      const verdicts = recordedDeliveries(version)
        .filter((delivery) => delivery.hook !== "form")
        .map(({ hook, headers, body }) => ({
          hook,
          verdict: checkSignature({ headers: lowerCase(headers), body: Buffer.from(body) }, [fixtureSecret], hmac),
        }));
      expect(verdicts.filter(({ hook }) => hook === "json").every(({ verdict }) => verdict === "valid")).toBe(true);
      expect(verdicts.filter(({ hook }) => hook === "nosecret").map(({ verdict }) => verdict)).toEqual(["malformed"]);
    },
  );
});
