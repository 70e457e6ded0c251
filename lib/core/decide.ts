import type { Conclusion, Instant } from "./event.ts";
import type { Reason } from "./reason.ts";
import {
  type Effect,
  type Ended,
  type EndedStatus,
  type HistoryEntry,
  isEnded,
  type Run,
  type RunFacts,
  type RunStatus,
  type Seat,
  type Status,
} from "./run.ts";
import type { RunEvent } from "./run-event.ts";
import { verdictOf } from "./verdict.ts";

/** Launches tried for one run before we say that we could not serve it. */
export const MAX_ATTEMPTS = 5;

/** When to look at an open run again if nothing is heard of it, in seconds. */
const LOOK_AGAIN = { launching: 60, claimed: 60, waiting: 300, askForge: 30 } as const;
const HISTORY_LENGTH = 20;
const KEEP_MS = 30 * 24 * 3600 * 1000;

/** The time limits of the run's profile, in milliseconds. */
export interface Limits {
  readonly bootMs: number;
  readonly idleMs: number;
}

/**
 * The life of a run: what an event makes of it, and what has then to be done.
 *
 * Returns the same object when the event changes nothing. Effects are added to those still pending; the caller saves
 * run and effects together, carries the effects out, and says `settled`.
 */
export function decide(run: Run, event: RunEvent, limits: Limits): Run {
  if (event.kind === "settled") return run.effects.length > 0 ? { ...run, effects: [] } : run;
  if (isEnded(run)) return run;
  switch (event.kind) {
    case "needs-met":
      return run.status === "waiting" ? queue(run, event.at, "needs-met", "everything it needs has ended") : run;
    case "needs-failed":
      return run.status === "waiting" ? end(run, event.at, "skipped", needsFailed(event)) : run;
    case "blocked":
      return run.status === "queued" ? block(run, event.at) : run;
    case "postponed":
      return run.status === "queued" ? postpone(run, event) : run;
    case "reserved":
      return run.status === "queued" ? reserve(run, event) : run;
    case "launched":
      return run.status === "launching" && run.launchId === event.launchId ? boot(run, event.at, limits) : run;
    case "not-launched":
      return run.status === "launching" && run.launchId === event.launchId ? retryLaunch(run, event) : run;
    case "not-booted":
      return isUnclaimed(run, event.launchId) ? retry(run, event.at, notBooted, event.retryAt) : run;
    case "claimed":
      return isUnclaimed(run, event.seat.launchId) || run.status === "queued" ? claim(run, event, limits) : run;
    case "began":
      return run.status === "running" ? run : begin(run, event);
    case "began-elsewhere":
      return run.status === "running" ? run : end(run, event.at, "cancelled", servedElsewhere(event.runnerName));
    case "displaced":
      return run.status === "booting" && run.instanceId === event.instanceId ? displace(run, event, limits) : run;
    case "ended-at-forge":
      return endAtForge(run, event.at, event.conclusion);
    case "machine-ended":
      return run.status !== "queued" && instanceOf(run) === event.instanceId ? machineEnded(run, event) : run;
    case "cancel":
      return end(
        run,
        event.at,
        "cancelled",
        { code: "cancelled", text: `cancelled by ${event.by}` },
        terminateOf(run, "cancelled"),
      );
    case "still":
      return { ...run, dueAt: event.until, nextAction: event.nextAction };
  }
}

function isUnclaimed(run: Run, launchId: string): boolean {
  if (run.status !== "launching" && run.status !== "booting") return false;
  return run.launchId === launchId && instanceOf(run) === undefined;
}

/** The machine that this run is bound to, if any. */
export function instanceOf(run: Run): string | undefined {
  return "instanceId" in run ? run.instanceId : undefined;
}

function queue(run: Run, at: Instant, code: string, text: string, dueAt: Instant = at): Run {
  return move(run, at, { status: "queued" }, { code, text }, { dueAt, nextAction: "ask for a machine" });
}

function block(run: Run, at: Instant): Run {
  const reason = { code: "blocked", text: "the forge holds it back: something else comes first" };
  return move(run, at, { status: "waiting" }, reason, {
    dueAt: at + LOOK_AGAIN.waiting * 1000,
    nextAction: "ask the forge whether it may start",
  });
}

function postpone(run: Run, event: Extract<RunEvent, { kind: "postponed" }>): Run {
  const { code, text, until } = event;
  return { ...run, reason: { code, text }, dueAt: until, nextAction: "ask for a machine" };
}

function reserve(run: Run, event: Extract<RunEvent, { kind: "reserved" }>): Run {
  const { at, launchId, deadline } = event;
  const attempt = run.attempt + 1;
  const reason = { code: "reserved", text: `launch ${attempt} of at most ${MAX_ATTEMPTS} is written down` };
  return {
    ...move(run, at, { status: "launching", launchId, launchingAt: at, deadline }, reason, {
      dueAt: at + LOOK_AGAIN.launching * 1000,
      nextAction: "repeat the launch if no answer came",
    }),
    attempt,
  };
}

function boot(run: Extract<Run, { status: "launching" }>, at: Instant, limits: Limits): Run {
  const { launchId, launchingAt, deadline } = run;
  const reason = { code: "launched", text: "a machine exists and boots" };
  return move(run, at, { status: "booting", launchId, launchingAt, deadline, launchedAt: at }, reason, {
    dueAt: at + limits.bootMs,
    nextAction: "take another machine if this one has not claimed by then",
  });
}

function retryLaunch(run: Run, event: Extract<RunEvent, { kind: "not-launched" }>): Run {
  const { shortage, at, retryAt } = event;
  const reason = { code: shortage.code, text: shortage.text };
  if (shortage.class === "permanent") return end(run, at, "failed", reason, [{ kind: "report" }]);
  // A quota or a throttle says nothing about this run: it costs no attempt.
  const attempt = shortage.class === "pool" ? run.attempt : run.attempt - 1;
  return retry({ ...run, attempt }, at, reason, retryAt);
}

const notBooted: Reason = { code: "not-booted", text: "no machine claimed it within the boot limit" };

function retry(run: Run, at: Instant, why: Reason, dueAt: Instant): Run {
  if (run.attempt < MAX_ATTEMPTS) return queue(run, at, why.code, why.text, dueAt);
  const reason = { code: "attempts-used-up", text: `${MAX_ATTEMPTS} launches failed, the last one: ${why.text}` };
  return end(run, at, "failed", reason, [{ kind: "report" }]);
}

function claim(run: Run, event: Extract<RunEvent, { kind: "claimed" }>, limits: Limits): Run {
  const { at, seat, begins } = event;
  if (begins) return begin(run, { at, seat });
  const reason = { code: "claimed", text: `${seat.instanceId} registered ${seat.runnerName} and waits for the job` };
  return move(run, at, { status: "booting", ...seat }, reason, {
    dueAt: at + limits.idleMs + LOOK_AGAIN.claimed * 1000,
    nextAction: "see whether its runner got a job",
  });
}

function begin(run: Run, { at, seat }: { at: Instant; seat: Required<Seat> }): Run {
  const left = seatOf(run);
  const moved = instanceOf(run) !== seat.instanceId;
  const reason = { code: "began", text: `the job runs on ${seat.instanceId} (${seat.runnerName})` };
  return move(
    run,
    at,
    { status: "running", ...seat, startedAt: at },
    reason,
    { dueAt: seat.deadline + LOOK_AGAIN.claimed * 1000, nextAction: "end the machine if it is past its deadline" },
    moved ? [{ kind: "reseat", instanceId: seat.instanceId, ...(left ? { seat: left } : {}) }] : [],
  );
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

function displace(run: Run, event: Extract<RunEvent, { kind: "displaced" }>, limits: Limits): Run {
  const { at, instanceId, seat } = event;
  const text = `${instanceId} was given another job`;
  if (!seat) return queue(run, at, "displaced", `${text}; it needs a machine of its own`);
  const { launchId, launchingAt, deadline, launchedAt } = seat;
  const taken = { code: "displaced", text: `${text}; it takes the place that job had` };
  if (launchedAt === undefined) {
    return move(run, at, { status: "launching", launchId, launchingAt, deadline }, taken, {
      dueAt: at + LOOK_AGAIN.launching * 1000,
      nextAction: "repeat the launch if no answer came",
    });
  }
  return move(run, at, { status: "booting", ...seat, launchedAt }, taken, {
    dueAt: at + (seat.instanceId ? limits.idleMs + LOOK_AGAIN.claimed * 1000 : limits.bootMs),
    nextAction: "see whether its runner got a job",
  });
}

function servedElsewhere(runnerName: string): Reason {
  return { code: "served-elsewhere", text: `the forge gave it to ${runnerName}, which is none of ours` };
}

function endAtForge(run: Run, at: Instant, conclusion: Conclusion): Run {
  const served = run.status === "running";
  const reason = { code: `forge-${conclusion}`, text: `the forge says: ${conclusion}` };
  if (served) return end(run, at, "completed", reason, [], { conclusion });
  if (conclusion === "skipped") return end(run, at, "skipped", reason);
  if (conclusion === "cancelled")
    return end(run, at, "cancelled", { ...reason, text: "cancelled at the forge before it began" });
  return end(run, at, "cancelled", {
    code: "served-elsewhere",
    text: `it ended (${conclusion}) without a machine of ours`,
  });
}

function machineEnded(run: Run, event: Extract<RunEvent, { kind: "machine-ended" }>): Run {
  const { at, cause, forge, retryAt } = event;
  const verdict = verdictOf(cause, forge, run.status === "running");
  const reason: Reason = { code: `machine-${cause}`, text: `${event.instanceId} ended: ${causeText[cause]}` };
  switch (verdict) {
    case "completed":
      return completedBy(run, event, reason);
    case "retry":
      return retry(run, at, reason, retryAt);
    case "ask-again":
      return { ...run, dueAt: at + LOOK_AGAIN.askForge * 1000, nextAction: "ask the forge how the job ended" };
    case "cancelled":
      return forge.kind === "completed"
        ? endAtForge(run, at, forge.conclusion)
        : end(run, at, "cancelled", { code: "no-job-came", text: `${reason.text}; the forge has no such job for us` });
    case "lost":
    case "timeout":
      return end(run, at, verdict, reason, [{ kind: "report" }]);
  }
}

function completedBy(run: Run, event: Extract<RunEvent, { kind: "machine-ended" }>, reason: Reason): Run {
  const conclusion = event.forge.kind === "completed" ? event.forge.conclusion : event.conclusion;
  return end(
    run,
    event.at,
    "completed",
    { ...reason, text: conclusion ? `the job ended: ${conclusion}` : reason.text },
    [],
    {
      ...(conclusion ? { conclusion } : {}),
      ...(event.outputs ? { outputs: event.outputs } : {}),
    },
  );
}

const causeText = {
  "job-done": "its runner finished a job",
  idle: "no job came within the idle limit",
  spot: "the provider took it back",
  deadline: "its time was up",
  "boot-failed": "it did not boot to a runner",
  gone: "it went away without a word",
} as const;

function needsFailed(event: Extract<RunEvent, { kind: "needs-failed" }>): Reason {
  return { code: "needs-failed", text: `it needs ${event.need}, which ended ${event.result}` };
}

function terminateOf(run: Run, reason: string): readonly Effect[] {
  const instanceId = instanceOf(run);
  return instanceId ? [{ kind: "terminate", instanceId, reason }] : [];
}

function end(
  run: Run,
  at: Instant,
  status: EndedStatus,
  reason: Reason,
  effects: readonly Effect[] = [],
  verdict: Pick<Ended, "conclusion" | "outputs"> = {},
): Run {
  const place = run.status === "waiting" || run.status === "queued" ? {} : placeOf(run);
  const {
    dueAt: _due,
    nextAction: _next,
    ...facts
  } = move(run, at, { status, ...place, ...verdict, endedAt: at, expiresAt: at + KEEP_MS }, reason, {}, [
    ...effects,
    { kind: "release" },
  ]);
  return facts;
}

/** What an ended run remembers of its machine. */
function placeOf(run: Run): Partial<Ended> {
  const { launchId, launchingAt, launchedAt, instanceId, runnerName, claimedAt, startedAt, deadline } =
    run as Partial<Ended>;
  const place = { launchId, launchingAt, launchedAt, instanceId, runnerName, claimedAt, startedAt, deadline };
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}

/** A new status with its reason, its place in the history, and its effects beside those still pending. */
function move(
  run: Run,
  at: Instant,
  to: RunStatus,
  reason: Reason,
  next: Pick<RunFacts, "dueAt" | "nextAction">,
  effects: readonly Effect[] = [],
): Run {
  const entry: HistoryEntry = { at, from: run.status, to: to.status, reason: reason.text };
  return {
    ...factsOf(run),
    ...to,
    ...next,
    reason,
    history: [...run.history, entry].slice(-HISTORY_LENGTH),
    effects: [...run.effects, ...effects],
  } as Run;
}

/** The run without anything that belongs to its present status. */
function factsOf(run: Run): RunFacts {
  const {
    status: _status,
    launchId: _launchId,
    launchingAt: _launchingAt,
    launchedAt: _launchedAt,
    instanceId: _instanceId,
    runnerName: _runnerName,
    claimedAt: _claimedAt,
    startedAt: _startedAt,
    deadline: _deadline,
    ...facts
  } = run as RunFacts & Partial<Ended> & { status: Status };
  return facts;
}
