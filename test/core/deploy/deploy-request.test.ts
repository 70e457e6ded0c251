import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { fits, grammar } from "../../../lib/core/deploy/deploy-request.ts";

const script = readFileSync("target-host/rootfs/opt/dayfly/lib/input.sh", "utf8");

describe("2-06 the grammar of a deploy", () => {
  it.each(Object.entries(grammar))("is the same on the target: %s", (word, pattern) => {
    const name = word === "notAfter" ? "not_after" : word;
    expect(script).toContain(`[${name}]='${pattern}'\n`);
  });

  it.each(["sha-0123abc", "latest", "main", "v1.2.3", "1.2.3", "10.20.30"])("takes the tag %s", (tag) => {
    expect(fits("tag", tag)).toBe(true);
  });

  it.each(["", "sha-123456", "sha-ABCDEF0", "v1", "01.2.3", "v1.2.3\n", "-v1.2.3", "$(id)", "latest;id", "Latest"])(
    "refuses the tag %j",
    (tag) => {
      expect(fits("tag", tag)).toBe(false);
    },
  );

  it("takes an address of 4,096 characters, and none that is longer", () => {
    const address = (length: number) => `https://a.test/${"a".repeat(length - "https://a.test/".length)}`;
    expect([fits("bundle", address(4096)), fits("bundle", address(4097))]).toEqual([true, false]);
  });
});
