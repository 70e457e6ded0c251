import type { Conclusion, Instant } from "../core/event.ts";
import { isEnded, type Run } from "../core/run/run.ts";

/** How a run stands, for people: one word, and a mark whose shape tells it without its colour. */
export interface Outcome {
  readonly word: string;
  readonly mark: Mark;
  readonly tone: Tone;
}

export type Mark =
  | "check"
  | "cross"
  | "spin"
  | "dots"
  | "ring"
  | "rise"
  | "dash"
  | "slash"
  | "clock"
  | "warn"
  | "question";
export type Tone = "good" | "bad" | "busy" | "warn" | "calm";

export function outcomeOf(run: Run): Outcome {
  switch (run.status) {
    case "waiting":
      return { word: "waiting", mark: "dots", tone: "calm" };
    case "queued":
      return { word: "queued", mark: "ring", tone: "calm" };
    case "launching":
      return { word: "launching", mark: "rise", tone: "busy" };
    case "booting":
      return { word: "booting", mark: "rise", tone: "busy" };
    case "running":
      return { word: "running", mark: "spin", tone: "busy" };
    case "completed":
      return concluded(run.conclusion);
    case "failed":
      return { word: "not served", mark: "warn", tone: "bad" };
    case "timeout":
      return { word: "timed out", mark: "clock", tone: "bad" };
    case "lost":
      return { word: "machine lost", mark: "question", tone: "bad" };
    case "cancelled":
      return { word: "cancelled", mark: "slash", tone: "calm" };
    case "skipped":
      return { word: "skipped", mark: "dash", tone: "calm" };
  }
}

function concluded(conclusion: Conclusion | undefined): Outcome {
  switch (conclusion) {
    case "success":
      return { word: "succeeded", mark: "check", tone: "good" };
    case "failure":
      return { word: "job failed", mark: "cross", tone: "bad" };
    case "cancelled":
      return { word: "cancelled", mark: "slash", tone: "calm" };
    case "skipped":
      return { word: "skipped", mark: "dash", tone: "calm" };
    default:
      return { word: "served", mark: "check", tone: "calm" };
  }
}

/** From its job's begin where it has one, else from its creation; to its end, or to now. */
export function elapsed(
  run: Run,
  now: Instant,
): { readonly since: Instant; readonly until: Instant; readonly open: boolean } {
  const since = "startedAt" in run && run.startedAt !== undefined ? run.startedAt : run.createdAt;
  return isEnded(run) ? { since, until: run.endedAt, open: false } : { since, until: now, open: true };
}

/** `2 running, 1 queued, 5 succeeded`: open ones first. */
export function tally(runs: readonly Run[]): string {
  const counts = new Map<string, number>();
  const openFirst = [...runs].sort((a, b) => Number(isEnded(a)) - Number(isEnded(b)));
  for (const run of openFirst) {
    const { word } = outcomeOf(run);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}
