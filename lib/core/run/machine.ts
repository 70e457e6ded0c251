import type { Instant } from "../event.ts";

/**
 * A computer that has claimed a run. Its record is made once for its life, in the same transaction that binds the run:
 * an instance that ever had a record gets no second run.
 */
export interface Machine {
  readonly instanceId: string;
  readonly launchId: string;
  /** The run it was bound to at the claim; the forge may give it another job that fits its labels. */
  readonly runKey: string;
  /** Forges give a runner any job that fits its labels; the built-in runner serves exactly the run that it claimed. */
  readonly serves: "its-run" | "any-job";
  /** The run whose job its runner has now, once the forge has said so. */
  readonly servesKey?: string;
  readonly forge: string;
  readonly scope: string;
  readonly repoId: string;
  readonly repo: string;
  readonly profile: string;
  readonly labels: readonly string[];
  readonly bootId: string;
  /** Name of its present registration at the forge; a second claim of the same boot gets a new one. */
  readonly runnerName: string;
  /** The forge's id of that registration, to remove it. */
  readonly runnerId?: string;
  /** SHA-256 of the machine token, hex; the token itself is stored nowhere. */
  readonly tokenHash: string;
  readonly claimedAt: Instant;
  readonly deadline: Instant;
  /** When the forge first spoke of its runner; from then on a second claim is refused. */
  readonly seenAt?: Instant;
  /** When the provider's list first lacked it; absent once is not gone. */
  readonly missingSince?: Instant;
  readonly endedAt?: Instant;
  readonly exit?: { readonly cause: ExitCause; readonly code: number };
  readonly version: number;
}

/**
 * How a machine says that it ends. `gone` is what we say when it ended without a word.
 * job-done: its runner took a job and finished it · idle: no job within the idle limit · spot: the provider takes it back ·
 * deadline: its own power-off timer · boot-failed: it never came to run a runner · crashed: its runner died during a job.
 */
export type ExitCause = "job-done" | "idle" | "spot" | "deadline" | "boot-failed" | "crashed" | "gone";

/** What a machine provider lists: only machines that carry our own tag. */
export interface ListedMachine {
  readonly instanceId: string;
  readonly launchId?: string;
  readonly launchedAt: Instant;
  readonly deadline?: Instant;
  readonly state: "pending" | "running" | "stopping" | "ended";
}
