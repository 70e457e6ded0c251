import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { atRest, type Calls, controlPlaneOf, costPage, machineOf, type Prices } from "../../bench/cost-page.ts";

const calls: Calls = JSON.parse(readFileSync("bench/aws-calls.json", "utf8"));
const prices: Prices = JSON.parse(readFileSync("bench/aws-prices.json", "utf8"));
const sum = (items: readonly { usd: number }[]) => items.reduce((total, { usd }) => total + usd, 0);

describe("docs/costs.md", () => {
  it("is what counts and prices say (node scripts/run.mjs bench/costs.ts writes it)", () => {
    expect(readFileSync("docs/costs.md", "utf8")).toBe(costPage(calls, prices));
  });

  it("1-24 stays at two to three dollars a month for five jobs of ten minutes a day, or below", () => {
    const month = 5 * 30 * (sum(controlPlaneOf(calls, prices)) + sum(machineOf(prices, "spot")));
    expect(month + atRest(calls, prices).reduce((total, { paid }) => total + paid, 0)).toBeLessThan(3);
  });

  it("says less than a dollar a month at rest", () => {
    expect(atRest(calls, prices).reduce((total, { paid }) => total + paid, 0)).toBeLessThan(1);
  });

  it("grows with what is counted", () => {
    const twice = { ...calls, push: { ...calls.push, "dynamodb PutItem": 100 } };
    expect(sum(controlPlaneOf(twice, prices))).toBeGreaterThan(sum(controlPlaneOf(calls, prices)));
  });
});
