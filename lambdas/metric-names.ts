import type { Facts } from "../lib/core/ports.ts";

/** Namespace of our own metrics; their one dimension is the stack, under the name that Powertools gives it. */
export const metricNamespace = "Dayfly";
export const stackDimension = "service";

/** What a message of the log counts. Messages are constant (lib/app), so counting them needs no other code. */
export interface Counted {
  readonly metric: string;
  /** How much this message counts; 0: not at all. */
  readonly value: (facts: Facts) => number;
}

/** Eight at most: beyond ten metrics AWS charges for each by the month. */
export const countedMessages: Readonly<Record<string, readonly Counted[]>> = {
  "launch answered": [
    { metric: "MachinesLaunched", value: ({ outcome, count }) => (outcome === "launched" ? Number(count) : 0) },
    { metric: "LaunchShortages", value: ({ shortage, outcome }) => (shortage || outcome === "unknown" ? 1 : 0) },
  ],
  "run moved": [
    { metric: "RunsCompleted", value: ({ to }) => (to === "completed" ? 1 : 0) },
    { metric: "RunsFailed", value: ({ to }) => (to === "failed" || to === "timeout" || to === "lost" ? 1 : 0) },
  ],
  "machine ended": [{ metric: "SpotInterruptions", value: ({ cause }) => (cause === "spot" ? 1 : 0) }],
  "plan compared": [
    { metric: "PlansAgreed", value: ({ outcome }) => (outcome === "agreed" ? 1 : 0) },
    { metric: "PlansDiffered", value: ({ outcome }) => (outcome === "differed" ? 1 : 0) },
  ],
  "sweep done": [{ metric: "SweepErrors", value: ({ errors }) => Number(errors) }],
};
