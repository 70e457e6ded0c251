import type { Release } from "./deploy-request.ts";
import type { Instant } from "./event.ts";
import type { Reason } from "./reason.ts";

/**
 * What an app should be in one environment, what it was last seen to be, and who is changing it now: three things, never merged.
 */
export interface Environment {
  readonly app: string;
  /** `dev`, `staging`, `prod`, `pr-7`, `edge-fra1`. */
  readonly env: string;
  /** The highest fence given out so far; every new wish takes the next one. */
  readonly fence: number;
  readonly desired?: Desired;
  /** By target; written from a result or an inspection, never from a wish. */
  readonly observed: Readonly<Record<string, Observed>>;
  /** Id of the one deploy that may act here now. */
  readonly operation?: string;
  readonly version: number;
}

export interface Desired {
  readonly deployId: string;
  readonly release: Release;
  readonly fence: number;
  readonly by: string;
  readonly at: Instant;
}

export interface Observed {
  readonly release?: Release;
  /**
   * verified: health and live commit were seen good · broken: neither the new nor the old version serves ·
   * stopped: nothing of ours runs · drifted: something runs that no deploy put there.
   */
  readonly condition: "verified" | "broken" | "stopped" | "drifted";
  /** The fence that the target had recorded when it was seen so. */
  readonly fence: number;
  readonly from: "result" | "inspection";
  readonly at: Instant;
}

/** One wish for one environment, from the request to its end. It ends exactly once. */
export type Deploy = DeployFacts & DeployStatus;

export interface DeployFacts {
  readonly id: string;
  readonly app: string;
  readonly env: string;
  readonly op: "deploy" | "rollback";
  /** Absent in a rollback to whatever the target knows as its previous good release. */
  readonly release?: Release;
  /** Apply again even where this release runs already. */
  readonly force: boolean;
  readonly fence: number;
  /** In order; the next one begins only after the one before has its release verified. */
  readonly steps: readonly Step[];
  /** Who asked: `job acme/shop 42`, `token laptop`, `administrator`. */
  readonly by: string;
  readonly approvedBy?: string;
  readonly createdAt: Instant;
  /** The whole deploy has ended by then, one way or another. */
  readonly deadline: Instant;
  /** Why it is in this status. */
  readonly reason: Reason;
  /** What happens next, in words; every open deploy has it, no ended one. */
  readonly nextAction?: string;
  /** When somebody has to look at it at the latest; every open deploy has it. */
  readonly dueAt?: Instant;
  /** Append-only, newest last: with the result of each step this is the audit of the deploy. */
  readonly history: readonly DeployEntry[];
  readonly version: number;
}

export interface DeployEntry {
  readonly at: Instant;
  readonly status: Deploy["status"];
  readonly text: string;
}

export type DeployStatus =
  /** A person has to approve it first. */
  | { readonly status: "waiting" }
  /** Stored as desired; its turn comes when the operation before it has ended. */
  | { readonly status: "pending" }
  /** The environment's operation: commands are being sent and followed. */
  | { readonly status: "running" }
  | { readonly status: EndedDeployStatus; readonly endedAt: Instant };

/**
 * deployed: the live commit was seen on every target · rolled-back: it failed, and the version before was seen live again ·
 * failed: it failed otherwise, the reason says what runs now · refused: the target would not begin · superseded: a newer wish took its place ·
 * expired: nothing began in time · unknown: a target never told how it ended.
 */
export type EndedDeployStatus =
  | "deployed"
  | "rolled-back"
  | "failed"
  | "refused"
  | "superseded"
  | "expired"
  | "unknown";

/** What one deploy does on one target. */
export type Step = { readonly target: string } & (
  | { readonly state: "idle" }
  /** Written before the command is sent: from here on it may have arrived. */
  | { readonly state: "sending"; readonly since: Instant; readonly notAfter: Instant; readonly sends: number }
  | {
      readonly state: "sent";
      readonly since: Instant;
      readonly notAfter: Instant;
      readonly commandId: string;
      readonly sends: number;
    }
  /** Its command told nothing that we could use: the target itself is asked. */
  | {
      readonly state: "asking";
      readonly since: Instant;
      readonly notAfter: Instant;
      readonly inspectionId?: string;
      readonly why: string;
    }
  | { readonly state: "done"; readonly at: Instant; readonly outcome: StepOutcome }
);

export type StepOutcome =
  | { readonly kind: "reported"; readonly report: TargetReport }
  /** The command never began and never will. */
  | { readonly kind: "never-ran"; readonly text: string }
  | { readonly kind: "unknown"; readonly text: string };

/** The one line of JSON that deployctl prints (target-host/README.md has every field and exit code). */
export interface TargetReport {
  readonly deployId: string;
  readonly op: string;
  readonly outcome: ReportOutcome;
  /** 0 to 9. */
  readonly exit: number;
  readonly reason: string;
  readonly text: string;
  readonly fence: number;
  readonly condition: Observed["condition"] | "none";
  readonly running?: Release;
  readonly previous?: Release;
  readonly phases: Readonly<Record<string, number>>;
  readonly tail: string;
}

export type ReportOutcome = "deployed" | "noop" | "rolled_back" | "failed" | "refused" | "in_progress" | "status";
