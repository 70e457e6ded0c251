import type { Instant } from "../event.ts";
import type { StatusReport } from "../forge.ts";
import { type Run, wantedSince } from "./run.ts";

/** Forges cut longer descriptions. */
const LONGEST_TEXT = 140;

export interface Reporting {
  readonly at: Instant;
  /** May the next launch ask for On-Demand where Spot had nothing? */
  readonly onDemandFallback: boolean;
}

/** What a forge's commit status says of a run: why a job has no machine yet, that it now has one, or why it never got one. */
export function statusReport(run: Run, reporting: Reporting): StatusReport {
  return { context: contextOf(run), ...wordsOf(run, reporting) };
}

/** Jobs of two workflows may have one name; a status of one may not hide the other's. */
function contextOf({ workflow, jobName }: Run): string {
  const file = workflow?.split("/").at(-1);
  return ["dayfly", ...(file === undefined ? [] : [file]), jobName].join(" / ");
}

function wordsOf(run: Run, reporting: Reporting): Pick<StatusReport, "state" | "text"> {
  switch (run.status) {
    case "waiting":
    case "queued":
    case "launching":
    case "booting":
      return { state: "pending", text: cut(waitOf(run, reporting)) };
    case "failed":
    case "lost":
    case "timeout":
      return { state: "error", text: cut(run.reason.text) };
    case "running":
    case "completed":
      return { state: "success", text: "a machine was found" };
    case "cancelled":
    case "skipped":
      return { state: "success", text: cut(`no machine is needed any more: ${run.reason.text}`) };
  }
}

/** `no machine for 4 minutes, On-Demand next: no Spot capacity in three zones` */
function waitOf(run: Run, { at, onDemandFallback }: Reporting): string {
  const minutes = Math.max(1, Math.floor((at - wantedSince(run)) / 60_000));
  const next = run.avoidSpot && onDemandFallback ? "On-Demand next" : "it is asked for again";
  return `no machine for ${minutes === 1 ? "a minute" : `${minutes} minutes`}, ${next}: ${run.reason.text}`;
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 3)}...`;
}
