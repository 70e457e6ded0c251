import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { differences, readCases } from "./golden-case.ts";

const folder = new URL("../cases/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".yml"));
const checks = files.flatMap((name) => readCases(name, readFileSync(new URL(name, folder), "utf8")));

describe("golden cases", () => {
  it.each(checks)("$title", (check) => {
    expect(differences(check)).toEqual([]);
  });

  it("prove at least 200 rules", () => {
    const documents = files.map((name) => readFileSync(new URL(name, folder), "utf8").match(/^rule:/gm)?.length ?? 0);
    expect(documents.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(200);
  });
});
