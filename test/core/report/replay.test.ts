import { describe, expect, it } from "@jest/globals";
import { seenDurations } from "../../../lib/core/config/durations.ts";
import type { JobDecision, WorkflowDecision } from "../../../lib/core/plan/decision.ts";
import { hourlyPrice } from "../../../lib/core/report/price.ts";
import { type Estimator, type PastPush, replay } from "../../../lib/core/report/replay.ts";
import { replayLines } from "../../../lib/core/report/replay-lines.ts";
import type { Run } from "../../../lib/core/run/run.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

function job(id: string, decision: JobDecision["decision"] = "launch", labels = ["small"]): JobDecision {
  return { id, name: id, labels, needs: [], decision, reason: { code: "x", text: "x" } };
}

function workflow(path: string, jobs: readonly JobDecision[], over: Partial<WorkflowDecision> = {}): WorkflowDecision {
  return { path, decision: "run", reason: { code: "x", text: "x" }, jobs, ...over };
}

function push(dayNumber: number, ...workflows: readonly WorkflowDecision[]): PastPush {
  return { sha: "a".repeat(40), at: start + dayNumber * day + 1, decision: { workflows } };
}

const estimator: Estimator = {
  profileOf: ({ labels }) => ({ name: labels.join(","), fits: labels[0] !== "huge" }),
  minutesOf: (_path, { id }) => (id === "unseen" ? undefined : 6),
  priceOf: () => 0.5,
};
const skipped = { decision: "skip", reason: { code: "paths", text: "no changed path matches" } } as const;

describe("6-11 what history would have run and cost", () => {
  it("counts runs, skips and jobs of each workflow, and why it was skipped", () => {
    const report = replay(
      [
        push(0, workflow("a", [job("x"), job("y", "wait"), job("z", "skip"), job("u", "undecided")])),
        push(1, workflow("a", [], skipped)),
      ],
      estimator,
      start,
      start + 2 * day,
    );
    expect(report.workflows).toEqual([
      {
        path: "a",
        runs: 1,
        skips: 1,
        undecided: 0,
        invalid: 0,
        jobs: 2,
        open: 1,
        mostSkipped: { text: "no changed path matches", count: 1 },
      },
    ]);
  });

  it("counts pushes that started nothing", () => {
    const report = replay([push(0, workflow("a", [], skipped)), push(0)], estimator, start, start + day);
    expect(report).toMatchObject({ pushes: 2, idle: 2 });
  });

  it("adds up minutes and dollars by machine kind", () => {
    const jobs = [job("x"), job("y"), job("unseen"), job("h", "launch", ["huge"])];
    const { profiles } = replay([push(0, workflow("a", jobs))], estimator, start, start + day);
    expect(profiles).toEqual([
      { name: "small", fits: true, jobs: 3, minutes: 12, unmeasured: 1, usd: 0.1 },
      { name: "huge", fits: false, jobs: 1, minutes: 6, unmeasured: 0 },
    ]);
  });

  it.each([
    [10, 1, 10],
    [90, 7, 13],
    [365, 12, 31],
  ])("cuts %d days into stretches of %d", (days, length, count) => {
    const report = replay([push(days - 1, workflow("a", [job("x")]))], estimator, start, start + days * day);
    expect(report.stretchDays).toBe(length);
    expect(report.stretches).toHaveLength(count);
    expect(report.stretches.at(-1)).toMatchObject({ pushes: 1, jobs: 1, minutes: 6 });
  });

  it("shows tables and a chart", () => {
    const report = replay(
      [push(0, workflow("a.yml", [job("x")])), push(0, workflow("a.yml", [], skipped))],
      estimator,
      start,
      start + 3 * day,
    );
    const lines = replayLines(report).map((line) =>
      line
        .map(({ text }) => text)
        .join("")
        .trimEnd(),
    );
    expect(lines).toEqual([
      "workflow  runs  skipped  jobs  most often skipped because",
      "a.yml        1        1     1  no changed path matches",
      "",
      "machines  jobs  minutes  about USD",
      "small        1        6       0.05",
      "",
      "jobs per day",
      `2026-01-01 ${"█".repeat(40)} 1 (2 pushes, 6 min)`,
      "2026-01-02 no push since",
    ]);
  });
});

describe("6-11 durations that the store has seen", () => {
  const run = (over: Partial<Run>) =>
    ({ status: "completed", workflow: "w", job: "a", jobName: "A", startedAt: 0, endedAt: 60_000, ...over }) as Run;

  it("are medians of the same job, else of the same name", () => {
    const minutes = [1, 9, 2].map((count) => run({ endedAt: count * 60_000 }));
    const durations = seenDurations([...minutes, run({ workflow: "v", job: "b", jobName: "B", endedAt: 240_000 })]);
    expect(durations("w", job("a"))).toBe(2);
    expect(durations("elsewhere", { ...job("z"), name: "B" })).toBe(4);
    expect(durations("w", job("z"))).toBeUndefined();
  });

  it("leave out runs that were not served to their end", () => {
    expect(seenDurations([run({ status: "timeout" })])("w", job("a"))).toBeUndefined();
  });
});

describe("1-24 what a machine hour costs about", () => {
  it.each([
    [["c7g.large"], "on-demand", 0.0725],
    [["c7g.xlarge"], "on-demand", 0.145],
    [["c7g.4xlarge"], "on-demand", 0.58],
    [["c7g.medium"], "on-demand", 0.03625],
    [["c7g.large"], "spot", 0.029],
    [["m7g.large", "c7g.large"], "on-demand", 0.0725],
    [["x9z.large"], "spot", undefined],
    [["c7g.metal"], "spot", undefined],
    [["constructor.large"], "spot", undefined],
    [[], "spot", undefined],
  ] as const)("%j, %s → %s", (types, market, price) => {
    const found = hourlyPrice(types, market);
    if (price === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(price, 5);
  });
});
