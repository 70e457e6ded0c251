import type { WorkflowDecision } from "./decision.ts";
import type { Dialect } from "./dialect.ts";
import type { Reason } from "./reason.ts";
import type { ChangedFiles, TriggerEvent } from "./trigger-input.ts";
import type { Workflow } from "./workflow.ts";

export interface TriggerDecision {
  readonly decision: Exclude<WorkflowDecision["decision"], "invalid"> | "invalid";
  readonly reason: Reason;
}

/** Does this event start this workflow, and why? So far only for events without filters. */
export function decideTrigger(
  _dialect: Dialect,
  event: TriggerEvent,
  { path, on, onAt }: Workflow,
  _changed: ChangedFiles | undefined,
): TriggerDecision {
  const place = { file: path, line: onAt.line, column: onAt.column };
  const named =
    on.kind === "scalar"
      ? on.source === event.name
      : on.kind === "sequence" && on.items.some((item) => item.kind === "scalar" && item.source === event.name);
  if (named) return { decision: "run", reason: { code: "event", text: `on: ${event.name}`, ...place } };
  const entry = on.kind === "mapping" ? on.entries.find(({ key }) => key === event.name) : undefined;
  if (!entry) {
    return { decision: "skip", reason: { code: "other-event", text: `not on ${event.name}`, ...place } };
  }
  if (entry.value.kind === "scalar")
    return { decision: "run", reason: { code: "event", text: `on: ${event.name}`, ...place } };
  return { decision: "undecided", reason: { code: "filters", text: "its filters are not judged yet", ...place } };
}

/** Does the decision depend on which paths the event changed? */
export function needsChangedFiles(_dialect: Dialect, event: TriggerEvent, { on }: Workflow): boolean {
  const entry = on.kind === "mapping" ? on.entries.find(({ key }) => key === event.name) : undefined;
  return entry?.value.kind === "mapping" && entry.value.entries.some(({ key }) => key.startsWith("paths"));
}
