import type { Conclusion, Instant } from "../event.ts";
import type { Reason } from "../reason.ts";

/**
 * One job's need for one machine: the row that everything else serves.
 *
 * A run is keyed by what is demanded, written before anything is launched, and ends exactly once.
 * Each status carries what is true in it; `history` says how it came there and why.
 */
export type Run = RunFacts & RunStatus;

export interface RunFacts {
  /** Hash of the demand (lib/core/run/run-key.ts). */
  readonly key: string;
  readonly forge: string;
  /** Where a runner for it is enrolled; demand and machines are counted per scope. */
  readonly scope: string;
  readonly repoId: string;
  readonly repo: string;
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  /** The ref's commit before the push; unknown where only a job event told us of the job. */
  readonly before?: string;
  /** Login of whoever caused it. */
  readonly sender?: string;
  /** Path of the workflow file; unknown where only a job event told us of the job. */
  readonly workflow?: string;
  /** Job id in the workflow file; unknown likewise. */
  readonly job?: string;
  /** As the forge displays it. */
  readonly jobName: string;
  readonly matrixIndex?: number;
  readonly labels: readonly string[];
  /** Runs that have to end first; filled at planning time, never by job events (those arrive when a job is ready). */
  readonly needs: readonly Need[];
  /** The job has an `if`: when a need did not succeed, its runner decides, not we. */
  readonly conditional?: true;
  /** Name of the profile that serves it; absent where none fits. */
  readonly profile?: string;
  /** What planned it: the push or event identity shared by all runs of one plan. */
  readonly pushId?: string;
  readonly forgeJobId?: string;
  readonly forgeRunId?: string;
  /** The forge's try of this job, from 1. */
  readonly forgeTry?: number;
  /** The run of the same job that ended before; a rerun is a new run. */
  readonly rerunOf?: string;
  readonly timeoutMinutes?: number;

  /** The last launch found no Spot capacity, or Spot took the machine back: the next one asks On-Demand where the profile allows it. */
  readonly avoidSpot?: true;
  /** Code of the reason with which the forge was last told that it waits for a machine; it has to be told when it has one. */
  readonly reported?: string;
  /** Launches tried so far; 0 before the first. */
  readonly attempt: number;
  readonly createdAt: Instant;
  /** Why it is in this status. */
  readonly reason: Reason;
  /** What happens next, in words, for every open run. */
  readonly nextAction?: string;
  /** When to look at it again if nothing is heard of it; every open run has one, no ended run has. */
  readonly dueAt?: Instant;
  /** Still to be carried out; each may be carried out twice and must not act twice. */
  readonly effects: readonly Effect[];
  /** Newest last, at most 20. */
  readonly history: readonly HistoryEntry[];
  /** Counts writes; the store refuses a save over a newer one. */
  readonly version: number;
}

export interface Need {
  readonly key: string;
  readonly job: string;
}

export interface HistoryEntry {
  readonly at: Instant;
  readonly from: Status;
  readonly to: Status;
  readonly reason: string;
}

export type RunStatus =
  /** Blocked: other runs, an approval or a concurrency group come first. No machine is wanted yet. */
  | { readonly status: "waiting" }
  /** A machine is wanted. */
  | { readonly status: "queued" }
  /** A launch that counts this run is written down, and perhaps sent. */
  | ({ readonly status: "launching" } & Launching)
  /** Machines exist; with `instanceId` one of them has claimed this run and waits for the forge to hand over the job. */
  | ({ readonly status: "booting" } & Booting)
  /** The job has begun on `instanceId`. */
  | ({ readonly status: "running" } & Running)
  | ({ readonly status: EndedStatus } & Ended);

export interface Launching {
  readonly launchId: string;
  readonly launchingAt: Instant;
  /** No machine of the launch lives longer. */
  readonly deadline: Instant;
}

export interface Booting extends Launching {
  readonly launchedAt: Instant;
  readonly instanceId?: string;
  readonly runnerName?: string;
  readonly claimedAt?: Instant;
}

export interface Running extends Booting {
  readonly instanceId: string;
  readonly runnerName: string;
  readonly claimedAt: Instant;
  readonly startedAt: Instant;
}

export interface Ended extends Partial<Running> {
  readonly endedAt: Instant;
  /** The verdict on the job, in the forge's words; only where the job was served. */
  readonly conclusion?: Conclusion;
  /** The job's outputs, where the built-in runner served it; bounded to 16 KiB in all. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** When the store may forget it. */
  readonly expiresAt: Instant;
}

/**
 * completed: served its job, whatever the verdict · failed: we could not serve it · timeout: its machine's deadline passed ·
 * lost: its machine went away after the job had begun · cancelled: nobody wants it any more · skipped: not ours, or needless.
 */
export type EndedStatus = "completed" | "failed" | "timeout" | "lost" | "cancelled" | "skipped";
export type Status = Run["status"];
export type RunOf<S extends Status> = Extract<Run, { status: S }>;

export const endedStatuses = [
  "completed",
  "failed",
  "timeout",
  "lost",
  "cancelled",
  "skipped",
] as const satisfies EndedStatus[];

/** Ended is final; everything else is open and has a `dueAt`. */
export function isEnded(run: Run): run is RunOf<EndedStatus> {
  return (endedStatuses as readonly Status[]).includes(run.status);
}

/** When its status last changed. */
export function changedAt({ history, createdAt }: Run): Instant {
  return history.at(-1)?.at ?? createdAt;
}

/** Since when it wants a machine: what came before that, needs or an approval, was no wait for us. */
export function wantedSince({ history, createdAt }: Run): Instant {
  const wanted = ({ from, to }: HistoryEntry) => to === "queued" && (from === "waiting" || from === "queued");
  return history.filter(wanted).at(-1)?.at ?? createdAt;
}

/** A place on a machine, or on one that is coming. */
export interface Seat {
  readonly launchId: string;
  readonly launchingAt: Instant;
  readonly deadline: Instant;
  readonly launchedAt?: Instant;
  readonly instanceId?: string;
  readonly runnerName?: string;
  readonly claimedAt?: Instant;
}

export type Effect =
  /** Look at this run again after so many seconds: a hint that makes things fast. */
  | { readonly kind: "wake"; readonly afterSeconds: number }
  /** End this machine: nobody needs it, or it is past its time. */
  | { readonly kind: "terminate"; readonly instanceId: string; readonly reason: string }
  /** The forge gave our job to the machine of another run: that run takes the seat which we leave, or waits for a new one. */
  | { readonly kind: "reseat"; readonly instanceId: string; readonly seat?: Seat }
  /** Look at the runs that wait for this one. */
  | { readonly kind: "release" }
  /** Tell the forge, where it has no word of its own about this. */
  | { readonly kind: "report" };

/**
 * When the sweep has to look at a run: at once while effects are pending, even of an ended run; else at `dueAt`.
 * Stores index by this; undefined means that nothing is left to do.
 */
export function dueOf(run: Run): Instant | undefined {
  return run.effects.length > 0 ? changedAt(run) : run.dueAt;
}
