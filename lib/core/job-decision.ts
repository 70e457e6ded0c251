import type { KnownCondition } from "./condition.ts";
import type { JobDecision } from "./decision.ts";
import type { Position } from "./errors.ts";
import type { Reason } from "./reason.ts";
import type { RunsOn } from "./runs-on.ts";

/** What decides whether a job needs a machine now. */
export interface JobFacts {
  readonly path: string;
  /** Where the job begins, and its `if:` and `runs-on:` where it has them. */
  readonly at: Position;
  readonly ifAt: Position | undefined;
  readonly runsOnAt: Position | undefined;
  readonly needs: readonly string[];
  /** Why its needs can never be met. */
  readonly stuck: Reason | undefined;
  readonly condition: KnownCondition;
  readonly runsOn: Exclude<RunsOn, { kind: "invalid" }>;
}

export type Verdict = Pick<JobDecision, "decision" | "reason">;

export function decideJob(facts: JobFacts): Verdict {
  return notOurs(facts) ?? notNow(facts) ?? launch(facts);
}

/** No machine of ours will ever be wanted for it. */
function notOurs({ path, ifAt, runsOnAt, at, condition, runsOn }: JobFacts): Verdict | undefined {
  if (condition.kind === "false") return verdict("skip", path, ifAt ?? at, "condition-false", "its `if` is false");
  if (runsOn.kind !== "labels") return undefined;
  if (runsOn.labels.includes("host")) {
    return verdict("skip", path, runsOnAt ?? at, "host-label", "the label `host` is served by the forge's own host");
  }
  if (!runsOn.labels.includes("")) return undefined;
  const text = "runs-on holds an empty label, which no runner has: the job waits for ever";
  return verdict("skip", path, runsOnAt ?? at, "empty-label", text);
}

function notNow({ path, at, ifAt, runsOnAt, needs, stuck, condition, runsOn }: JobFacts): Verdict | undefined {
  if (stuck) return { decision: "wait", reason: stuck };
  if (runsOn.kind === "unknown") {
    return verdict("undecided", path, runsOnAt ?? at, "labels-unknown", `runs-on needs ${onlyForge(runsOn.names)}`);
  }
  if (needs.length > 0) return verdict("wait", path, at, "needs", `waits for ${needs.join(", ")}`);
  if (condition.kind !== "unknown") return undefined;
  return verdict("undecided", path, ifAt ?? at, "condition-unknown", `its \`if\` needs ${onlyForge(condition.names)}`);
}

function launch({ path, at, ifAt, condition, runsOn }: JobFacts): Verdict {
  const group = runsOn.kind === "labels" && runsOn.group !== undefined ? ` in the runner group ${runsOn.group}` : "";
  if (ifAt && condition.kind === "true")
    return verdict("launch", path, ifAt, "condition-true", `its \`if\` is true${group}`);
  return verdict("launch", path, at, "ready", `needs no other job${group}`);
}

export function onlyForge(names: readonly string[]): string {
  return `${names.join(", ")}, which only the forge knows now`;
}

function verdict(decision: JobDecision["decision"], file: string, at: Position, code: string, text: string): Verdict {
  return { decision, reason: { code, text, file, line: at.line, column: at.column } };
}
