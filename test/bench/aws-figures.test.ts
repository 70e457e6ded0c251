import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { awsFigures, type LambdaFigures } from "../../bench/aws-figures.ts";

const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));

it("docs/benchmarks.md shows what was measured; if this is red: npm run bench:figures", () => {
  const figures = awsFigures(read("bench/lambdas.json"), read("bench/aws-calls.json"));
  expect(readFileSync("docs/benchmarks.md", "utf8")).toContain(figures);
});

it("design §10 the webhook's bundle is within 30 KB zipped, starts within 15 ms, and makes one call for a delivery", () => {
  const { functions } = read("bench/lambdas.json") as LambdaFigures;
  const webhook = functions.find(({ name }) => name === "webhook");
  expect(webhook?.bytes.zipped).toBeLessThanOrEqual(30_000);
  // What the code costs; the rest of the clock belongs to whatever ran beside.
  expect(webhook?.processor.least).toBeLessThanOrEqual(15);
  const calls = read("bench/aws-calls.json") as Record<string, Record<string, number>>;
  expect(Object.values(calls).map((counts) => counts["ec2 CreateFleet"] ?? 0)).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
});
