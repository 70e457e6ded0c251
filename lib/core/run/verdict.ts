import type { Conclusion } from "../event.ts";
import type { ExitCause } from "./machine.ts";

/**
 * What a machine's end means for its run, given the forge's word on the job.
 *
 * The forge's word is the truth about the job, the machine's is a hint; where the forge is silent (plain git, old servers)
 * the machine's report stands. The whole table is one golden test (test/core/run/verdict.test.ts).
 */
export type ForgeWord =
  | { readonly kind: "queued" | "waiting" | "in_progress" | "gone" | "silent" }
  | { readonly kind: "completed"; readonly conclusion: Conclusion };

export type Verdict =
  /** Served; the verdict on the job is the conclusion. */
  | "completed"
  /** The job has not begun: the same run, another machine. */
  | "retry"
  /** The machine went away after the job had begun. */
  | "lost"
  | "timeout"
  /** Nobody wants it any more. */
  | "cancelled"
  /** The forge has not caught up: ask again. */
  | "ask-again";

export function verdictOf(cause: ExitCause, forge: ForgeWord, begun: boolean): Verdict {
  switch (forge.kind) {
    case "completed":
      return begun || cause === "job-done" ? "completed" : "cancelled";
    case "gone":
      return "cancelled";
    case "queued":
    case "waiting":
      return "retry";
    case "in_progress":
      if (cause === "job-done") return "ask-again";
      return cause === "deadline" ? "timeout" : "lost";
    case "silent":
      return begun ? endOfBegun(cause) : endOfUnbegun(cause);
  }
}

function endOfBegun(cause: ExitCause): Verdict {
  if (cause === "job-done") return "completed";
  return cause === "deadline" ? "timeout" : "lost";
}

function endOfUnbegun(cause: ExitCause): Verdict {
  if (cause === "job-done") return "completed";
  // Without a word from the forge an idle machine is the only sign that the planned job never came.
  return cause === "idle" ? "cancelled" : "retry";
}
