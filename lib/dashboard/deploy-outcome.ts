import type { Deploy } from "../core/deploy/deploy.ts";
import type { Outcome } from "./outcome.ts";

const outcomes: Readonly<Record<Deploy["status"], Outcome>> = {
  waiting: { word: "wants approval", mark: "clock", tone: "warn" },
  pending: { word: "pending", mark: "ring", tone: "calm" },
  running: { word: "deploying", mark: "spin", tone: "busy" },
  deployed: { word: "live", mark: "check", tone: "good" },
  "rolled-back": { word: "rolled back", mark: "cross", tone: "bad" },
  failed: { word: "failed", mark: "warn", tone: "bad" },
  refused: { word: "refused", mark: "slash", tone: "bad" },
  superseded: { word: "superseded", mark: "dash", tone: "calm" },
  expired: { word: "never began", mark: "clock", tone: "bad" },
  unknown: { word: "unknown", mark: "question", tone: "warn" },
};

/** How a deploy stands, for people. */
export function deployOutcome({ status }: Pick<Deploy, "status">): Outcome {
  return outcomes[status];
}
