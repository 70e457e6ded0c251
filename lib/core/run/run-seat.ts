import type { Instant } from "../event.ts";
import type { Run, Seat } from "./run.ts";
import { move, queue } from "./run-change.ts";
import type { RunEvent } from "./run-event.ts";

/**
 * A run's place on a machine. A runner takes any job that fits its labels, not the one that it was launched for:
 * when the forge gives our job to another run's machine, the two runs change places.
 */

/** The time limits of the run's profile, in milliseconds. */
export interface Limits {
  readonly bootMs: number;
  readonly idleMs: number;
}

/** Time for a message to reach us before we look ourselves. */
const GRACE_MS = 60_000;

const seeWhetherJobCame = "see whether its runner got a job";

/** The machine that this run is bound to, if any. */
export function instanceOf(run: Run): string | undefined {
  return "instanceId" in run ? run.instanceId : undefined;
}

/** Does it count on a machine of this launch that has not come yet? */
export function isUnclaimed(run: Run, launchId: string): boolean {
  if (run.status !== "launching" && run.status !== "booting") return false;
  return run.launchId === launchId && instanceOf(run) === undefined;
}

export function boot(run: Extract<Run, { status: "launching" }>, at: Instant, limits: Limits): Run {
  const { launchId, launchingAt, deadline } = run;
  const reason = { code: "launched", text: "a machine exists and boots" };
  return move(run, at, { status: "booting", launchId, launchingAt, deadline, launchedAt: at }, reason, {
    dueAt: at + limits.bootMs,
    nextAction: "take another machine if this one has not claimed by then",
  });
}

export function claim(run: Run, event: Extract<RunEvent, { kind: "claimed" }>, limits: Limits): Run {
  const { at, seat } = event;
  if (event.begins) return begin(run, at, seat);
  const reason = { code: "claimed", text: `${seat.instanceId} registered ${seat.runnerName} and waits for the job` };
  const dueAt = at + limits.idleMs + GRACE_MS;
  return move(run, at, { status: "booting", ...seat }, reason, { dueAt, nextAction: seeWhetherJobCame });
}

export function begin(run: Run, at: Instant, seat: Required<Seat>): Run {
  const left = seatOf(run);
  const moved = instanceOf(run) !== seat.instanceId;
  const reason = { code: "began", text: `the job runs on ${seat.instanceId} (${seat.runnerName})` };
  const next = { dueAt: seat.deadline + GRACE_MS, nextAction: "end the machine if it is past its deadline" };
  return move(run, at, { status: "running", ...seat, startedAt: at }, reason, next, [
    ...(moved ? [{ kind: "reseat", instanceId: seat.instanceId, ...(left ? { seat: left } : {}) } as const] : []),
    ...(run.reported ? [{ kind: "report" } as const] : []),
  ]);
}

/** Our machine was given another job: take the place that job had, or ask for a new machine. */
export function displace(run: Run, event: Extract<RunEvent, { kind: "displaced" }>, limits: Limits): Run {
  const { at, instanceId, seat } = event;
  const text = `${instanceId} was given another job`;
  if (!seat) {
    // Its launch did bring a machine: that the forge used it otherwise is no failed attempt.
    const again = { ...run, attempt: Math.max(0, run.attempt - 1) };
    return queue(again, at, { code: "displaced", text: `${text}; it needs a machine of its own` });
  }
  const reason = { code: "displaced", text: `${text}; it takes the place that job had` };
  const { launchId, launchingAt, deadline, launchedAt } = seat;
  if (launchedAt === undefined) {
    const next = { dueAt: at + GRACE_MS, nextAction: "repeat the launch if no answer came" };
    return move(run, at, { status: "launching", launchId, launchingAt, deadline }, reason, next);
  }
  const dueAt = at + (seat.instanceId ? limits.idleMs + GRACE_MS : limits.bootMs);
  return move(run, at, { status: "booting", ...seat, launchedAt }, reason, { dueAt, nextAction: seeWhetherJobCame });
}

/** Where the run sits, or will sit, when another one takes over. */
function seatOf(run: Run): Seat | undefined {
  if (run.status !== "launching" && run.status !== "booting") return undefined;
  const { launchId, launchingAt, deadline } = run;
  if (run.status === "launching") return { launchId, launchingAt, deadline };
  const { launchedAt, instanceId, runnerName, claimedAt } = run;
  if (!instanceId || !runnerName || claimedAt === undefined) return { launchId, launchingAt, deadline, launchedAt };
  return { launchId, launchingAt, deadline, launchedAt, instanceId, runnerName, claimedAt };
}
