import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { configJsonSchema, configKeys, configReference } from "../../../lib/core/config/config-reference.ts";

/** If one of these two is red: run UPDATE=1 npm test -- config-reference, read the difference, and commit it. */
describe("docs/reference", () => {
  it.each([
    { file: "docs/reference/config.md", text: () => configReference() },
    { file: "docs/reference/dayfly.schema.json", text: () => `${JSON.stringify(configJsonSchema(), null, 2)}\n` },
  ])("$file is what the declaration says", ({ file, text }) => {
    if (process.env.UPDATE === "1") writeFileSync(file, text());
    expect(readFileSync(file, "utf8")).toBe(text());
  });
});

describe("the keys of dayfly.yaml", () => {
  it("are told with their type, default and meaning", () => {
    expect(configKeys("profiles.limits.minutes")).toEqual([
      {
        path: "profiles[].limits.minutes",
        type: "1 to 1440",
        default: "30",
        text: "A machine lives at most so many minutes after its boot.",
      },
    ]);
  });

  it("are told with all that is below one", () => {
    expect(configKeys("targets").map(({ path }) => path)).toEqual([
      "targets[]",
      "targets[].name",
      "targets[].id",
      "targets[].local",
    ]);
  });

  it("are none below an unknown one", () => {
    expect(configKeys("profile")).toEqual([]);
  });

  it("each say what they mean", () => {
    expect(configKeys().filter(({ text }) => text === "")).toEqual([]);
  });
});
