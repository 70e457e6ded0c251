/**
 * What a machine hour costs about: AWS's list prices of Linux On-Demand instances in us-east-1, in USD, for the size `large`.
 * Other sizes cost in proportion. Good for an estimate; the bill depends on region, disk and the Spot price of the hour.
 *
 * @source AWS's price list as aws/karpenter-provider-aws keeps it (pkg/providers/pricing/zz_generated.pricing_aws.go), of 2026-01-19;
 *   each figure compared on 2026-11-21
 */
const large: Readonly<Record<string, number>> = {
  c5: 0.085,
  c6a: 0.0765,
  c6g: 0.068,
  c6i: 0.085,
  c7a: 0.10264,
  c7g: 0.0725,
  c7i: 0.08925,
  c8g: 0.07976,
  m5: 0.096,
  m6a: 0.0864,
  m6g: 0.077,
  m6i: 0.096,
  m7a: 0.11592,
  m7g: 0.0816,
  m7i: 0.1008,
  m8g: 0.08976,
  r6g: 0.1008,
  r7g: 0.1071,
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
};

/** An assumption, not a price: what a Spot hour costs changes by zone and by day. `--usd-per-hour` takes its place. */
const spotShare = 0.4;

/** Where the prices come from, for whoever reads an estimate. */
export const priceSource = `AWS's list prices in us-east-1 of January 2026, Spot taken as ${spotShare * 100} % of them`;

const sizes: Readonly<Record<string, number>> = { nano: 1 / 16, micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1 };

/** USD an hour of the cheapest of these types; undefined where we know none of them. */
export function hourlyPrice(types: readonly string[], market: "spot" | "on-demand"): number | undefined {
  const prices = types.map(listPrice).filter((price) => price !== undefined);
  if (prices.length === 0) return undefined;
  return Math.min(...prices) * (market === "spot" ? spotShare : 1);
}

function listPrice(type: string): number | undefined {
  const [family = "", size = ""] = type.split(".");
  const base = Object.hasOwn(large, family) ? large[family] : undefined;
  const times = /^(\d*)xlarge$/.exec(size);
  const factor = times ? 2 * Number(times[1] || 1) : Object.hasOwn(sizes, size) ? sizes[size] : undefined;
  return base === undefined || factor === undefined ? undefined : base * factor;
}
