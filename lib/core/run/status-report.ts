import type { StatusReport } from "../forge.ts";
import type { Run } from "./run.ts";

/** Forges cut longer descriptions. */
const LONGEST_TEXT = 140;

/** What a forge's commit status says of a run: why a job has no machine yet, that it now has one, or why it never got one. */
export function statusReport(run: Run): StatusReport {
  const context = `dayfly / ${run.jobName}`;
  const text = (said: string) => (said.length <= LONGEST_TEXT ? said : `${said.slice(0, LONGEST_TEXT - 3)}...`);
  switch (run.status) {
    case "waiting":
    case "queued":
    case "launching":
    case "booting":
      return { context, state: "pending", text: text(`${run.reason.text}; next: ${nextOf(run)}`) };
    case "failed":
    case "lost":
    case "timeout":
      return { context, state: "error", text: text(run.reason.text) };
    case "running":
    case "completed":
      return { context, state: "success", text: "a machine was found" };
    case "cancelled":
    case "skipped":
      return { context, state: "success", text: text(`no machine is needed any more: ${run.reason.text}`) };
  }
}

function nextOf(run: Run): string {
  return run.status === "queued" && run.avoidSpot
    ? `${run.nextAction}, On-Demand where the profile allows it`
    : `${run.nextAction}`;
}
