import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decide } from "../../../lib/core/run/decide.ts";
import { dueOf, isEnded, type Run } from "../../../lib/core/run/run.ts";
import { MAX_ATTEMPTS } from "../../../lib/core/run/run-change.ts";
import type { RunEvent } from "../../../lib/core/run/run-event.ts";

const limits = { bootMs: 600_000, idleMs: 300_000 };
const seat = {
  launchId: "l1",
  launchingAt: 10,
  launchedAt: 20,
  deadline: 3_000_000,
  instanceId: "i-1",
  runnerName: "dayfly-i-1-1",
  claimedAt: 30,
};
const shortage = { class: "pool", code: "InsufficientInstanceCapacity", text: "no capacity" } as const;

function queued(change: Partial<Run> = {}): Run {
  return {
    key: "k",
    forge: "home",
    scope: "home/acme/shop",
    repoId: "7",
    repo: "acme/shop",
    event: "push",
    ref: "refs/heads/main",
    sha: "a".repeat(40),
    jobName: "test",
    labels: ["ubuntu-latest"],
    needs: [],
    profile: "small",
    attempt: 0,
    createdAt: 0,
    reason: { code: "planned", text: "planned" },
    nextAction: "ask for a machine",
    dueAt: 0,
    effects: [],
    history: [],
    version: 1,
    status: "queued",
    ...change,
  } as Run;
}

/** Feeds events one after the other, settling after each as a caller does. */
function lived(...events: RunEvent[]): Run {
  return events.reduce(
    (run, event) => decide(decide(run, event, limits), { kind: "settled", at: event.at, left: [] }, limits),
    queued(),
  );
}

const reserved: RunEvent = { kind: "reserved", at: 10, launchId: "l1", deadline: 3_000_000 };
const launched: RunEvent = { kind: "launched", at: 20, launchId: "l1" };
const claimed: RunEvent = { kind: "claimed", at: 30, seat, begins: false };
const began: RunEvent = { kind: "began", at: 40, seat };

describe("the life of a run", () => {
  it("goes from queued to completed, each step with its reason", () => {
    const run = lived(reserved, launched, claimed, began, { kind: "ended-at-forge", at: 50, conclusion: "failure" });

    expect(run).toMatchObject({
      status: "completed",
      conclusion: "failure",
      instanceId: "i-1",
      endedAt: 50,
      attempt: 1,
    });
    expect(run.history.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      "queued → launching",
      "launching → booting",
      "booting → booting",
      "booting → running",
      "running → completed",
    ]);
    expect(run.history.every(({ reason }) => reason.length > 0)).toBe(true);
  });

  it.each<[string, RunEvent[], Partial<Run>]>([
    ["a claim may come before the launch is answered", [reserved, claimed], { status: "booting" }],
    ["the answer then changes nothing", [reserved, claimed, launched], { status: "booting" }],
    [
      "a claim of another launch is refused",
      [reserved, { ...claimed, seat: { ...seat, launchId: "l2" } }],
      { status: "launching" },
    ],
    [
      "a second machine cannot claim it",
      [reserved, claimed, { ...claimed, seat: { ...seat, instanceId: "i-2" } }],
      { status: "booting" },
    ],
    [
      "no capacity costs an attempt and avoids Spot",
      [reserved, { kind: "not-launched", at: 20, launchId: "l1", shortage, retryAt: 99 }],
      { status: "queued", attempt: 1, avoidSpot: true, dueAt: 99 },
    ],
    [
      "a throttle costs none",
      [
        reserved,
        { kind: "not-launched", at: 20, launchId: "l1", shortage: { ...shortage, class: "throttled" }, retryAt: 99 },
      ],
      { status: "queued", attempt: 0 },
    ],
    [
      "another launch's shortage is not its own",
      [reserved, { kind: "not-launched", at: 20, launchId: "l0", shortage, retryAt: 99 }],
      { status: "launching", launchId: "l1" },
    ],
    [
      "5-04 a machine that Spot took back before the job began: the next one is asked On-Demand",
      [reserved, launched, claimed, machineEnded("spot", { kind: "queued" })],
      { status: "queued", avoidSpot: true },
    ],
    [
      "a wrong configuration is not tried again",
      [
        reserved,
        { kind: "not-launched", at: 20, launchId: "l1", shortage: { ...shortage, class: "permanent" }, retryAt: 99 },
      ],
      { status: "failed" },
    ],
    [
      "a machine gone before the job began: same run, next attempt",
      [reserved, launched, claimed, machineEnded("gone", { kind: "queued" })],
      { status: "queued", attempt: 1 },
    ],
    [
      "a machine gone after it began: lost",
      [reserved, launched, claimed, began, machineEnded("gone", { kind: "in_progress" })],
      { status: "lost" },
    ],
    [
      "a report of another machine changes nothing",
      [reserved, launched, claimed, began, { ...machineEnded("gone", { kind: "silent" }), instanceId: "i-9" }],
      { status: "running" },
    ],
    [
      "cancelled at the forge before it began",
      [reserved, { kind: "ended-at-forge", at: 50, conclusion: "cancelled" }],
      { status: "cancelled" },
    ],
    [
      "taken by a runner that is none of ours",
      [reserved, { kind: "began-elsewhere", at: 50, runnerName: "other" }],
      { status: "cancelled" },
    ],
    ["blocked again", [{ kind: "blocked", at: 5 }], { status: "waiting" }],
    [
      "and released",
      [
        { kind: "blocked", at: 5 },
        { kind: "needs-met", at: 6 },
      ],
      { status: "queued", dueAt: 6 },
    ],
    [
      "a need failed",
      [
        { kind: "blocked", at: 5 },
        { kind: "needs-failed", at: 6, need: "build", result: "failure" },
      ],
      { status: "skipped" },
    ],
  ] as [string, RunEvent[], Partial<Run>][])("%s", (_because, events, then) => {
    expect(lived(...events)).toMatchObject(then);
  });

  it("keeps its last twenty changes, and asks for no wake-up beyond what a queue can delay", () => {
    let run = queued();
    for (let n = 0; n < 15; n++) {
      run = decide(run, { kind: "blocked", at: n }, limits);
      run = decide(run, { kind: "needs-met", at: n }, limits);
    }
    expect(run.history).toHaveLength(20);
    expect(run.history.at(-1)?.at).toBe(14);

    const later = { at: 20, launchId: "l1", shortage, retryAt: 20 + 3_600_000 };
    const waits = decide(decide(queued(), reserved, limits), { kind: "not-launched", ...later }, limits);
    expect(waits.effects).toContainEqual({ kind: "wake", afterSeconds: 900 });
  });

  it("is kept for thirty days once it has ended", () => {
    const run = lived(reserved, { kind: "ended-at-forge", at: 50, conclusion: "cancelled" });
    expect(run).toMatchObject({ endedAt: 50, expiresAt: 50 + 2_592_000_000 });
  });

  it(`is given up after ${MAX_ATTEMPTS} launches, and the forge is told`, () => {
    expect(MAX_ATTEMPTS).toBe(5);
    let run = queued();
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      run = decide(run, reserved, limits);
      run = decide(run, { kind: "not-launched", at: 20, launchId: "l1", shortage, retryAt: 30 }, limits);
    }
    expect(run).toMatchObject({ status: "failed", attempt: MAX_ATTEMPTS, reason: { code: "attempts-used-up" } });
    expect(run.effects).toContainEqual({ kind: "report" });
  });

  it("changes places with the run whose machine got its job", () => {
    const other = { ...seat, instanceId: "i-2", runnerName: "dayfly-i-2-1", launchId: "l2" };
    const taken = decide(lived(reserved, launched, claimed), { kind: "began", at: 40, seat: other }, limits);

    expect(taken).toMatchObject({ status: "running", instanceId: "i-2" });
    expect(taken.effects).toContainEqual({ kind: "reseat", instanceId: "i-2", seat });

    const left = decide(
      lived(reserved, launched, { ...claimed, seat: { ...other, launchId: "l1" } }),
      { kind: "displaced", at: 41, instanceId: "i-2", seat },
      limits,
    );
    expect(left).toMatchObject({ status: "booting", instanceId: "i-1" });
  });

  it("asks for a machine of its own when no place was left", () => {
    expect(lived(reserved, launched, claimed, { kind: "displaced", at: 41, instanceId: "i-1" })).toMatchObject({
      status: "queued",
      dueAt: 41,
    });
  });

  it("ends a machine only when a person cancels its run", () => {
    const run = decide(lived(reserved, launched, claimed, began), { kind: "cancel", at: 50, by: "ada" }, limits);
    expect(run.effects).toContainEqual({ kind: "terminate", instanceId: "i-1", reason: "its run was cancelled" });
    const served = decide(
      lived(reserved, launched, claimed, began),
      { kind: "ended-at-forge", at: 50, conclusion: "success" },
      limits,
    );
    expect(served.effects.map(({ kind }) => kind)).toEqual(["release"]);
  });
});

describe("whatever happens, in any order", () => {
  it("6-05 an open run says why, what is next and when; an ended one stays as it is", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let run = queued();
        for (const event of events) {
          const next = decide(run, event, limits);
          if (isEnded(run) && event.kind !== "settled") expect(next).toBe(run);
          run = next;
          expect(run.history.length).toBeLessThanOrEqual(20);
          expect(run.attempt).toBeLessThanOrEqual(MAX_ATTEMPTS);
          expect(run.reason.text).not.toBe("");
          if (isEnded(run)) expect(run.dueAt).toBeUndefined();
          else expect([typeof run.dueAt, typeof run.nextAction]).toEqual(["number", "string"]);
          expect(dueOf(run) === undefined).toBe(isEnded(run) && run.effects.length === 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("saying the same thing twice says nothing new", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        const settle = (run: Run) => decide(run, { kind: "settled", at: 0, left: [] }, limits);
        const once = (run: Run, event: RunEvent) => settle(decide(run, event, limits));
        let run = queued();
        for (const event of events) {
          run = once(run, event);
          expect(once(run, event).status).toBe(run.status);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function machineEnded(
  cause: "gone" | "idle" | "job-done" | "spot",
  forge: Extract<RunEvent, { kind: "machine-ended" }>["forge"],
) {
  return { kind: "machine-ended", at: 60, instanceId: "i-1", cause, forge, retryAt: 70 } as const;
}

const at = fc.integer({ min: 0, max: 1000 });
const launchId = fc.constantFrom("l1", "l2");
const instanceId = fc.constantFrom("i-1", "i-2");
const anySeat = fc.record({ launchId, instanceId }).map((change) => ({ ...seat, ...change }));
const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ kind: fc.constant("needs-met" as const), at }),
  fc.record({ kind: fc.constant("blocked" as const), at }),
  fc.record({
    kind: fc.constant("postponed" as const),
    at,
    code: fc.constant("full"),
    text: fc.constant("full"),
    until: at,
  }),
  fc.record({ kind: fc.constant("reserved" as const), at, launchId, deadline: at }),
  fc.record({ kind: fc.constant("launched" as const), at, launchId }),
  fc.record({ kind: fc.constant("not-launched" as const), at, launchId, shortage: fc.constant(shortage), retryAt: at }),
  fc.record({ kind: fc.constant("not-booted" as const), at, launchId, retryAt: at }),
  fc.record({ kind: fc.constant("claimed" as const), at, seat: anySeat, begins: fc.boolean() }),
  fc.record({ kind: fc.constant("began" as const), at, seat: anySeat }),
  fc.record({ kind: fc.constant("began-elsewhere" as const), at, runnerName: fc.constant("other") }),
  fc.record({ kind: fc.constant("displaced" as const), at, instanceId }),
  fc.record({
    kind: fc.constant("ended-at-forge" as const),
    at,
    conclusion: fc.constantFrom("success", "skipped", "cancelled"),
  }) as fc.Arbitrary<RunEvent>,
  fc
    .constantFrom("gone" as const, "idle" as const, "job-done" as const)
    .map((cause) => machineEnded(cause, { kind: "silent" })),
  fc.record({ kind: fc.constant("cancel" as const), at, by: fc.constant("ada") }),
  fc.record({ kind: fc.constant("still" as const), at, until: at, nextAction: fc.constant("look") }),
  fc.record({ kind: fc.constant("settled" as const), at, left: fc.constant([]) }),
);
