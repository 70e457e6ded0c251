import type { Instant } from "../event.ts";
import type { Reason } from "../reason.ts";
import type { Release } from "./deploy-request.ts";
import type { TargetReport } from "./target-report.ts";

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
  /** Inspections under way, by target. */
  readonly inspections: Readonly<Record<string, Inspection>>;
  readonly version: number;
}

export interface Desired {
  readonly deployId: string;
  readonly op: "deploy" | "rollback";
  /** Absent: whatever the target knows as its release before. */
  readonly release?: Release;
  readonly fence: number;
  readonly by: string;
  readonly at: Instant;
}

export interface Observed {
  readonly release?: Partial<Release>;
  /**
   * verified: health and live commit were seen good · broken: it does not serve well ·
   * stopped: nothing of ours runs · drifted: something runs that no deploy put there.
   */
  readonly condition: "verified" | "broken" | "stopped" | "drifted";
  /** The fence that the target had recorded when it was seen so. */
  readonly fence: number;
  readonly from: "result" | "inspection";
  /** When, by the target's own clock. */
  readonly at: Instant;
}

export interface Inspection {
  readonly commandId?: string;
  readonly since: Instant;
}

/** One wish for one environment, from the request to its end. It ends exactly once. */
export type Deploy = DeployFacts & DeployStatus;

export interface DeployFacts {
  readonly id: string;
  readonly app: string;
  readonly env: string;
  readonly op: "deploy" | "rollback";
  /** Absent in a rollback to whatever the target knows as its release before. */
  readonly release?: Release;
  /** Apply again even where this release runs already. */
  readonly force: boolean;
  /** Given when it becomes desired; 0 before. */
  readonly fence: number;
  /** One for each target, in order; the next one begins only after the one before has its release verified. */
  readonly steps: readonly Step[];
  /** Who asked: `job deploy of acme/shop`, `token laptop`, `administrator`. */
  readonly by: string;
  readonly approvedBy?: string;
  readonly createdAt: Instant;
  /** It has ended by then, one way or another. */
  readonly deadline: Instant;
  /** Why it is in this status. */
  readonly reason: Reason;
  /** What happens next, in words; every open deploy has it. */
  readonly nextAction?: string;
  /** When somebody has to look at it at the latest; every open deploy has it, no ended one. */
  readonly dueAt?: Instant;
  /** Newest last, at most 60. The store keeps every entry as a row of its own besides, which nothing changes or removes. */
  readonly history: readonly DeployEntry[];
  /** Of the stored row; 0: it was never stored. */
  readonly version: number;
}

export interface DeployEntry {
  /** The version of the row that it was written with. */
  readonly version: number;
  readonly at: Instant;
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
export type Step = { readonly target: string } & StepState;

export type StepState =
  /** Nothing is on its way there. `since`: when we first tried in vain. */
  | { readonly state: "idle"; readonly since?: Instant }
  /** Written before the command is sent: from here on it may have arrived, once for each of `sends`. */
  | ({ readonly state: "sending" } & Underway)
  | ({ readonly state: "sent"; readonly commandId: string } & Underway)
  /** Its command told nothing that we could use: the target itself is asked. */
  | ({
      readonly state: "asking";
      readonly askingSince: Instant;
      readonly inspectionId?: string;
      /** The same command is to be sent again: the target then finishes or undoes it and tells. */
      readonly resend?: boolean;
    } & Underway)
  | { readonly state: "done"; readonly at: Instant; readonly outcome: StepOutcome };

export interface Underway {
  readonly since: Instant;
  /** No copy of the command begins after this, by the target's clock. */
  readonly notAfter: Instant;
  readonly sends: number;
}

export type StepOutcome =
  | { readonly kind: "reported"; readonly report: StepReport }
  /** The command never began and never will. */
  | { readonly kind: "never-ran"; readonly text: string }
  | { readonly kind: "unknown"; readonly text: string };

/** What is kept of a target's report, from its own line or from what it remembers. */
export type StepReport = Pick<TargetReport, "outcome" | "exit" | "reason" | "text"> & {
  /** What runs there by its own line; absent where only its memory answered. */
  readonly running?: TargetReport["running"];
  readonly phases?: TargetReport["phases"];
  readonly tail?: string;
};

export function isOver(deploy: Deploy): deploy is Extract<Deploy, { readonly endedAt: Instant }> {
  return "endedAt" in deploy;
}

/** The step that is at work or comes next; undefined when all are done. */
export function openStep(deploy: Deploy): Step | undefined {
  return deploy.steps.find(({ state }) => state !== "done");
}

/** What was newly said of a deploy when its row got that version: the rows that a store adds to the audit. */
export function entriesOf({ history }: Deploy, version: number): readonly DeployEntry[] {
  return history.filter((entry) => entry.version === version);
}
