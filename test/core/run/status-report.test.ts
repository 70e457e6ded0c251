import { expect, it } from "@jest/globals";
import type { Run } from "../../../lib/core/run/run.ts";
import { statusReport } from "../../../lib/core/run/status-report.ts";

const run = {
  jobName: "build",
  status: "queued",
  createdAt: 0,
  history: [],
  reason: { code: "x", text: "no Spot capacity" },
} as unknown as Run;

const reportOf = (over: object, minutes = 4) =>
  statusReport({ ...run, ...over } as Run, { at: minutes * 60_000, onDemandFallback: true });

it.each([
  { workflow: undefined, context: "dayfly / build" },
  { workflow: ".gitea/workflows/ci.yml", context: "dayfly / ci.yml / build" },
  { workflow: ".github/workflows/release.yml", context: "dayfly / release.yml / build" },
])("a job of $workflow has the context $context", ({ workflow, context }) => {
  expect(reportOf({ workflow }).context).toBe(context);
});

it.each([
  { minutes: 0.5, text: "no machine for a minute, it is asked for again: no Spot capacity" },
  { minutes: 4.9, text: "no machine for 4 minutes, it is asked for again: no Spot capacity" },
])("after $minutes minutes it says: $text", ({ minutes, text }) => {
  expect(reportOf({}, minutes).text).toBe(text);
});

it("counts from the moment at which nothing came before it any more", () => {
  const history = [
    { at: 0, from: "waiting", to: "waiting", reason: "" },
    { at: 3 * 60_000, from: "waiting", to: "queued", reason: "" },
    { at: 3.5 * 60_000, from: "launching", to: "queued", reason: "" },
  ];
  expect(reportOf({ history }, 5).text).toContain("no machine for 2 minutes");
});

it("is no longer than forges show", () => {
  const { text } = reportOf({ reason: { code: "x", text: "y".repeat(500) } });
  expect(text).toHaveLength(140);
  expect(text.endsWith("...")).toBe(true);
});
