import type { Instant } from "../event.ts";
import type { Reason } from "../reason.ts";
import type { Effect, Ended, EndedStatus, HistoryEntry, Run, RunFacts, RunStatus, Status } from "./run.ts";

/**
 * The few ways in which a run's status changes, used by every event of decide.ts.
 */

/** Launches tried for one run before we say that we could not serve it. */
export const MAX_ATTEMPTS = 5;

/** How long an ended row is kept. */
export const KEEP_MS = 30 * 24 * 3600 * 1000;

const HISTORY_LENGTH = 20;
/** The longest delay that a queue takes. */
const LONGEST_DELAY_SECONDS = 900;

/** Wants a machine, from `dueAt` on. */
export function queue(run: Run, at: Instant, reason: Reason, dueAt: Instant = at): Run {
  return move(run, at, { status: "queued" }, reason, { dueAt, nextAction: "ask for a machine" }, wakeAt(at, dueAt));
}

/** Wants another machine, if it has not had too many. */
export function retry(run: Run, at: Instant, why: Reason, dueAt: Instant): Run {
  if (run.attempt < MAX_ATTEMPTS) return queue(run, at, why, dueAt);
  const text = `${MAX_ATTEMPTS} launches failed, the last one: ${why.text}`;
  return end(run, at, "failed", { code: "attempts-used-up", text }, [{ kind: "report" }]);
}

/** Final. Keeps what is known of the machine, and lets go whoever waits for this run. */
export function end(
  run: Run,
  at: Instant,
  status: EndedStatus,
  reason: Reason,
  effects: readonly Effect[] = [],
  verdict: Pick<Ended, "conclusion" | "outputs"> = {},
): Run {
  const ended = { ...placeOf(run), ...verdict, status, endedAt: at, expiresAt: at + KEEP_MS };
  const told = effects.some(({ kind }) => kind === "report");
  const report: readonly Effect[] = run.reported && !told && run.status !== "running" ? [{ kind: "report" }] : [];
  return move(run, at, ended, reason, {}, [...effects, ...report, { kind: "release" }]);
}

/** A message that arrives when the run is due; the sweep does the same a little later. */
export function wakeAt(at: Instant, dueAt: Instant): readonly Effect[] {
  const seconds = Math.ceil((dueAt - at) / 1000);
  return [{ kind: "wake", afterSeconds: Math.min(LONGEST_DELAY_SECONDS, Math.max(0, seconds)) }];
}

/** A new status with its reason, its place in the history, and its effects beside those still pending. */
export function move(
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
    ...next,
    reason,
    history: [...run.history, entry].slice(-HISTORY_LENGTH),
    effects: [...run.effects, ...effects],
    ...to,
  };
}

/** The run without anything that belongs to its present status. */
function factsOf(run: Run): Omit<RunFacts, "dueAt" | "nextAction"> {
  const {
    status: _status,
    dueAt: _dueAt,
    nextAction: _nextAction,
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

/** What an ended run remembers of its machine. */
function placeOf(run: Run): Partial<Ended> {
  if (run.status === "waiting" || run.status === "queued") return {};
  const { launchId, launchingAt, deadline } = run;
  const place: Partial<Ended> = { launchId, launchingAt, deadline };
  if (run.status === "launching") return place;
  const { launchedAt, instanceId, runnerName, claimedAt } = run;
  const startedAt = "startedAt" in run ? run.startedAt : undefined;
  const known = Object.entries({ launchedAt, instanceId, runnerName, claimedAt, startedAt });
  return { ...place, ...Object.fromEntries(known.filter(([, value]) => value !== undefined)) };
}
