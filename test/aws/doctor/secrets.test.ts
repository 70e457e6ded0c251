import { describe, expect, it } from "@jest/globals";
import { checkParameter } from "../../../lib/aws/doctor/secrets.ts";

const pem = ["-----BEGIN RSA PRIVATE KEY-----", "MIIE", "-----END RSA PRIVATE KEY-----", ""].join("\n");

describe("5-10 dayfly doctor's look at an App's private key", () => {
  it.each([
    { because: "a whole key, with the line end of its file", value: pem, verdict: "ok" },
    { because: "its first line alone", value: "-----BEGIN RSA PRIVATE KEY-----", verdict: "bad" },
    { because: "a key that was cut", value: pem.slice(0, 40), verdict: "bad" },
    { because: "a token", value: "ghp_0123456789", verdict: "bad" },
    { because: "nothing", value: undefined, verdict: "bad" },
  ])("finds that $because is $verdict, and puts a file in its place", ({ value, verdict }) => {
    const name = "/dayfly/hub/key";
    const parameter = value === undefined ? undefined : { Name: name, Type: "SecureString", Value: value };
    const check = checkParameter(name, parameter, true);
    expect(check.verdict).toBe(verdict);
    expect(check.cure ?? "--value file://key.pem").toMatch(/--value file:\/\/key\.pem$/);
    expect(JSON.stringify(check)).not.toContain("MIIE");
  });
});
