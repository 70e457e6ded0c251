import { describe, expect, it } from "@jest/globals";
import { brokenOnAws } from "../../lib/core/config/config-on-aws.ts";
import { readConfig } from "../../lib/core/config/read-config.ts";
import { flat } from "./policy.ts";
import { resources, small, synth } from "./synth.ts";

/** As many profiles and grants, all with names of so many letters; 31 is the most. */
function full(profiles: number, grants: number, letters = 31): string {
  const name = (kind: string, n: number) => `${kind}${String(n).padStart(3, "0")}`.padEnd(letters, "x");
  const list = (count: number, entry: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => entry(n)).join(", ");
  const rest = small.replace(/profiles:.*/, "").replace("stack: {", `stack: { name: ${"s".repeat(31)},`);
  return `${rest}
profiles: [${list(profiles, (n) => `{ name: ${name("p", n)}, labels: [l${n}], types: [c7g.large] }`)}]
grants: [${list(grants, (n) => `{ name: ${name("g", n)}, to: { ecr: [shop] }, from: { repo: a/b, refs: [main] } }`)}]
`;
}

function isTaken(text: string): boolean {
  const reading = readConfig("dayfly.yaml", text);
  return reading.kind === "config" && brokenOnAws(reading.file).length === 0;
}

describe("the longest dayfly.yaml that is taken", () => {
  const profiles = 5;
  const grants = [...Array(60).keys()].filter((count) => isTaken(full(profiles, count))).at(-1) ?? 0;

  it("has several grants, and an end", () => {
    expect(grants).toBeGreaterThan(5);
    expect(grants).toBeLessThan(50);
    expect([isTaken(full(50, 0, 20)), isTaken(full(51, 0, 20))]).toEqual([true, false]);
    // With longer names the variables are full before the template is.
    expect([isTaken(full(50, 0, 28)), isTaken(full(50, 0, 31))]).toEqual([true, false]);
  });

  it("fits what AWS takes: 4 KB of variables, a template of 1 MB with 500 resources", () => {
    const template = synth(full(profiles, grants));
    const sizes = [...resources(template, "AWS::Lambda::Function").values()].map(({ Properties }) => {
      const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: object };
      return Object.entries(Variables).reduce(
        (sum, [key, value]) => sum + key.length + physical(flat(value)).length,
        0,
      );
    });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
    const launch = JSON.stringify(resources(template, "AWS::EC2::LaunchTemplate").values().next().value);
    expect(JSON.stringify(template.toJSON()).length + 50 * launch.length).toBeLessThanOrEqual(1_000_000);
    expect(Object.keys(template.toJSON().Resources).length).toBeLessThanOrEqual(500);
  });
});

/** With the longest that AWS puts into each place. */
function physical(text: string): string {
  return text
    .replace(/<[^>]*Template[^>]*\.LatestVersionNumber>/g, "1234")
    .replace(/<[^>]*Template[^>]*>/g, "lt-0123456789abcdef0")
    .replace(/<[^>]*Role[^>]*\.Arn>/g, `arn:aws-us-gov:iam::123456789012:role/${"r".repeat(64)}`)
    .replace(/<[^>]*Role[^>]*>/g, "r".repeat(64))
    .replace(/<[^>]*Subnet[^>]*>/g, "subnet-0123456789abcdef0")
    .replace(/<Messages[^>]*>/g, `https://sqs.ap-southeast-2.amazonaws.com/123456789012/${"q".repeat(80)}`)
    .replace(/<Runs[^>]*>/g, "t".repeat(64));
}
