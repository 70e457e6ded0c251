import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type CommandDocument, deployDocument, documentName, inspectDocument } from "../../lib/aws/deploy-documents.ts";
import { bundleOverWeb, fits, grammar, type Word } from "../../lib/core/deploy/deploy-request.ts";
import { checkParameters, matchesLikeJava, prepare } from "../fakes/ssm/documents.ts";
import { hostileText } from "./hostile-text.ts";

const documents = { deploy: deployDocument, inspect: inspectDocument };

/** What is wrong with a document; nothing where both guards stand before every parameter. */
function problemsOf({ parameters, mainSteps, schemaVersion }: CommandDocument): readonly string[] {
  const script = mainSteps.flatMap(({ inputs }) => inputs.runCommand).join("\n");
  const found = Object.entries(parameters).flatMap(
    ([name, { type, allowedPattern = "", maxChars, interpolationType }]) => [
      ...(type === "String" ? [] : [`${name}: is no String`]),
      ...(/^\^[^^$]+\$$/.test(allowedPattern) ? [] : [`${name}: its pattern is not anchored at both ends`]),
      ...(/\(\?|\\|\./.test(allowedPattern.replaceAll(/\[[^\]]+\]/g, ""))
        ? [`${name}: its pattern is not explicit`]
        : []),
      ...(/[*+]|\{\d+,\}/.test(allowedPattern.replaceAll(/\[[^\]]+\]/g, "")) && maxChars === undefined
        ? [`${name}: its pattern is not bounded`]
        : []),
      ...(interpolationType === "ENV_VAR" ? [] : [`${name}: becomes text of the script`]),
    ],
  );
  if (schemaVersion !== "2.2") found.push("ENV_VAR needs schema 2.2");
  if (script.includes("{{")) found.push("the script takes a parameter as text");
  if (mainSteps.length !== 1) found.push("more than one step");
  return found;
}

describe.each(Object.entries(documents))("2-22 the %s document", (kind, document) => {
  it("has both guards on every parameter, and a fixed body", () => {
    expect(problemsOf(document)).toEqual([]);
    expect(document.mainSteps[0].inputs.runCommand).toEqual([`exec /opt/dayfly/bin/deployctl ssm ${kind}`]);
  });

  it.each(Object.keys(document.parameters))("lets no hostile text pass as %s, also as Java reads patterns", (name) => {
    const pattern = document.parameters[name]?.allowedPattern ?? "";
    fc.assert(
      fc.property(hostileText, (text) => {
        // Java's `$` looks over one last line end; deployctl does not.
        const whole = new RegExp(pattern).test(text);
        const lax = matchesLikeJava(pattern, text);
        if (whole) expect(text).toMatch(/^[A-Za-z0-9:/._~%=&?-]+$/);
        if (lax) expect(text).toMatch(/^[A-Za-z0-9:/._~%=&?-]+\s?$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it("the agent changes no byte of the script, whatever the values", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const values = new Map(Object.keys(document.parameters).map((name) => [name, text]));
        const { script, environment } = prepare(document, values, "3.3.3572.0");
        expect(script).toBe(`exec /opt/dayfly/bin/deployctl ssm ${kind}`);
        expect(new Set(Object.values(environment))).toEqual(new Set([text]));
      }),
    );
  });

  it("the linter sees a guard that is missing", () => {
    const [name = ""] = Object.keys(document.parameters);
    const broken = (change: object): CommandDocument => ({
      ...document,
      parameters: { ...document.parameters, [name]: { ...document.parameters[name], ...change } as never },
    });
    for (const change of [
      { interpolationType: undefined },
      { allowedPattern: "" },
      { allowedPattern: "^.*$" },
      { allowedPattern: "prod" },
      { allowedPattern: "^[a-z]+$" },
      { type: "StringList" },
    ]) {
      expect(problemsOf(broken(change))).not.toEqual([]);
    }
  });
});

describe("the hostile texts", () => {
  it.each(["^.*$", "^[^;]*$", "^[^ ]{1,71}$", "^(-|[a-z0-9]+)", "[a-z]{1,31}$", "^[a-z-]{1,31}\\s*$"])(
    "find out the pattern %s, which is open somewhere",
    (pattern) => {
      const texts = fc.sample(hostileText, { numRuns: 5_000, seed: 7 });
      const passed = texts.filter((text) => new RegExp(pattern).test(text) && !/^[a-z0-9:.-]{1,71}$/.test(text));
      expect(passed).not.toEqual([]);
    },
  );
});

describe("the documents and the grammar", () => {
  it("a parameter accepts exactly its word, or - where it may be left out", () => {
    const words: Readonly<Record<string, Word>> = { not_after: "notAfter" };
    for (const [name, { allowedPattern }] of Object.entries(deployDocument.parameters)) {
      const pattern = name === "bundle" ? bundleOverWeb : grammar[words[name] ?? (name as Word)];
      expect([`^${pattern}$`, `^(-|${pattern})$`]).toContain(allowedPattern);
    }
  });

  it("1-17 a bundle over SSM comes from the web alone, at an address that every reader of words takes", () => {
    const pattern = new RegExp(deployDocument.parameters.bundle?.allowedPattern ?? "");
    const address = "https://acme.s3.eu-central-1.amazonaws.com/bundles/shop/a.tar.gz?X-Amz-Expires=900";
    expect(pattern.test(address) && fits("bundle", address)).toBe(true);
    expect(pattern.test("file:///etc/shadow")).toBe(false);
    expect(pattern.test("http://example.com/b")).toBe(false);
  });

  it("another content has another name: nothing that a sender was allowed to call ever changes its meaning", () => {
    expect(documentName("dayfly", "deploy")).toMatch(/^dayfly-deploy-[0-9a-f]{8}$/);
    expect(documentName("dayfly", "deploy").slice(-8)).not.toBe(documentName("dayfly", "inspect").slice(-8));
  });

  it("an unknown, a missing and a doubled value are refused by the service", () => {
    const good = { verb: ["status"], app: ["shop"], env: ["prod"], id: ["-"] };
    expect(checkParameters(inspectDocument, good).get("app")).toBe("shop");
    for (const bad of [
      { ...good, commands: ["id"] },
      { ...good, app: [] },
      { ...good, app: ["shop", "shop"] },
    ]) {
      expect(() => checkParameters(inspectDocument, bad)).toThrow(/parameter (commands|app)/);
    }
  });
});

it("deployctl's own deadline ends two minutes before the agent's limit, which kills without a word", () => {
  const config = readFileSync("target-host/rootfs/opt/dayfly/lib/config.sh", "utf8");
  const deadline = Number(/\[DEADLINE_SECONDS\]=(\d+)/.exec(config)?.[1]);
  expect(Number(deployDocument.mainSteps[0].inputs.timeoutSeconds)).toBe(deadline + 120);
});
