import type { Instant } from "../event.ts";
import type { TargetReport } from "./target-report.ts";

/** What can happen to a deploy. Late, doubled and foreign ones are normal and change nothing. */
export type DeployEvent = { readonly at: Instant } /** It is what its environment should be from now on. */ & (
  | { readonly kind: "desired"; readonly fence: number; readonly approvedBy?: string }
  /** A newer wish, or one that holds this commit already, took its place. */
  | { readonly kind: "superseded"; readonly text: string }
  /** Its turn has not come. */
  | { readonly kind: "held"; readonly text: string }
  /** It is now the environment's operation. */
  | { readonly kind: "began" }
  /** Said before each send. */
  | { readonly kind: "sending" }
  | { readonly kind: "sent"; readonly commandId: string }
  /** That send did not arrive, for certain. `forGood`: no later one will. */
  | { readonly kind: "not-sent"; readonly text: string; readonly forGood: boolean }
  /** Nobody knows whether that send arrived. */
  | { readonly kind: "doubtful" }
  /** Its command is still at work, or we cannot see it yet. */
  | { readonly kind: "no-news" }
  | { readonly kind: "reported"; readonly report: TargetReport }
  | { readonly kind: "undelivered"; readonly text: string }
  | { readonly kind: "unheard"; readonly text: string }
  | { readonly kind: "asked"; readonly inspectionId: string }
  /** The target could not be asked, or did not answer. */
  | { readonly kind: "no-answer"; readonly text: string }
  | { readonly kind: "inspected"; readonly report: TargetReport }
  | { readonly kind: "time" }
);

export type EventOf<K extends DeployEvent["kind"]> = Extract<DeployEvent, { readonly kind: K }>;
