import type { Conclusion, Instant } from "../event.ts";
import type { Shortage } from "./launch.ts";
import type { ExitCause } from "./machine.ts";
import type { Effect, Seat } from "./run.ts";
import type { ForgeWord } from "./verdict.ts";

/**
 * What can happen to a run: facts, never wishes (but for a person's `cancel`).
 * Late, doubled and foreign events are normal: they leave the run as it is.
 */
export type RunEvent = { readonly at: Instant } & (
  | { readonly kind: "needs-met" }
  /** The forge has told us of the job that this planned run stands for. */
  | { readonly kind: "adopted"; readonly forgeJobId: string; readonly forgeRunId: string; readonly forgeTry: number }
  /** A need ended otherwise than well, and the job has no `if` to say what then. */
  | { readonly kind: "needs-failed"; readonly need: string; readonly result: string }
  /** No machine can be asked for now. */
  | { readonly kind: "postponed"; readonly code: string; readonly text: string; readonly until: Instant }
  /** A machine of its profile has ended: there may be room for another one. */
  | { readonly kind: "room" }
  /** Our configuration can never serve it. */
  | { readonly kind: "unservable"; readonly code: string; readonly text: string }
  | { readonly kind: "reserved"; readonly launchId: string; readonly deadline: Instant }
  | { readonly kind: "launched"; readonly launchId: string }
  /** The launch, or this run's share of it, came to nothing. */
  | { readonly kind: "not-launched"; readonly launchId: string; readonly shortage: Shortage; readonly retryAt: Instant }
  /** A machine won this run. `begins`: its runner serves exactly this job, at once. */
  | { readonly kind: "claimed"; readonly seat: Required<Seat>; readonly begins: boolean }
  /** The machine registers under a new name, because the answer to its first claim was lost. */
  | { readonly kind: "renamed"; readonly instanceId: string; readonly runnerName: string }
  /** The forge gave the job to this machine, whichever run that one was launched for. */
  | { readonly kind: "began"; readonly seat: Required<Seat> }
  /** The forge gave the job to a runner that is none of ours. */
  | { readonly kind: "began-elsewhere"; readonly runnerName: string }
  /** The forge blocks the job again. */
  | { readonly kind: "blocked" }
  | { readonly kind: "ended-at-forge"; readonly conclusion: Conclusion }
  | { readonly kind: "displaced"; readonly instanceId: string; readonly seat?: Seat }
  | {
      readonly kind: "machine-ended";
      readonly instanceId: string;
      readonly cause: ExitCause;
      readonly forge: ForgeWord;
      readonly conclusion?: Conclusion;
      readonly outputs?: Readonly<Record<string, string>>;
      readonly retryAt: Instant;
    }
  /** Nobody claimed within the boot limit. */
  | { readonly kind: "not-booted"; readonly launchId: string; readonly retryAt: Instant }
  | { readonly kind: "cancel"; readonly by: string }
  /** Looked at, nothing new: when to look again, and what for. */
  | { readonly kind: "still"; readonly until: Instant; readonly nextAction: string }
  /** Its effects have been carried out, but for those that are left. */
  | { readonly kind: "settled"; readonly left: readonly Effect[] }
);
