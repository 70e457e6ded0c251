import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parseVersion } from "../../lib/core/dialect.ts";
import { ordered, saidByUs } from "../gitea/oracle-compare.ts";
import type { Oracle } from "../gitea/oracle-record.ts";
import { rules } from "../gitea/rules.ts";

/**
 * What real Gitea servers made of crafted pushes, replayed against the engine: the server is right, always.
 *
 * If a case is red, do one of these:
 * 1. mend the engine, where it says something else than the server did;
 * 2. record the case anew, where its push was changed: npm run test:gitea -- --url URL --token-file FILE --only <rule>
 */
const oracle = JSON.parse(readFileSync(new URL("../cases/gitea-oracle.json", import.meta.url), "utf8")) as Oracle;
const versions = Object.keys(oracle.recorded);

describe.each(versions)("Gitea %s", (text) => {
  const version = parseVersion(text);
  if (!version) throw new Error(`the oracle names no version: ${text}`);

  const recorded = oracle.cases.filter(({ made }) => made[text]);

  it.each(recorded)("$rule: $note", ({ given, made }) => {
    expect(ordered(saidByUs({ forge: "gitea", version }, given))).toEqual(made[text]);
  });
});

it("shows every rule by at least one push, on each version", () => {
  for (const version of versions) {
    const shown = new Set(oracle.cases.filter(({ made }) => made[version]).map(({ rule }) => rule));
    expect(Object.keys(rules).filter((rule) => !shown.has(rule))).toEqual([]);
  }
});

it("holds at least a hundred pushes, recorded on two versions", () => {
  expect(versions).toHaveLength(2);
  for (const version of versions) {
    expect(oracle.cases.filter(({ made }) => made[version]).length).toBeGreaterThanOrEqual(100);
  }
});
