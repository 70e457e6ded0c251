import type { Position } from "../errors.ts";
import { quote } from "../quote.ts";
import type { Reason } from "../reason.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import type { KnownCondition } from "./condition.ts";
import type { JobDecision } from "./decision.ts";
import type { RunsOn } from "./runs-on.ts";

/** What decides whether a job needs a machine now. */
export interface JobFacts {
  readonly path: string;
  /** Where the job begins. */
  readonly at: Position;
  readonly ifTree: Tree | undefined;
  readonly runsOnAt: Position | undefined;
  readonly needs: readonly string[];
  readonly skippedNeed: string | undefined;
  /** Why its needs can never be met. */
  readonly stuck: Reason | undefined;
  readonly condition: KnownCondition;
  readonly runsOn: Exclude<RunsOn, { kind: "invalid" }>;
}

export type Verdict = Pick<JobDecision, "decision" | "reason">;

export function decideJob(facts: JobFacts): Verdict {
  return notOurs(facts) ?? notNow(facts) ?? launch(facts);
}

/** Will it never run for this event? Then those that need it are skipped too, unless they ask how it went. */
export function isSkipped({ reason }: JobDecision): boolean {
  return reason.code === "condition-false" || reason.code === "needs-skipped";
}

/** No machine of ours will ever be wanted for it. */
function notOurs({ path, ifTree, runsOnAt, at, skippedNeed, condition, runsOn }: JobFacts): Verdict | undefined {
  if (condition.kind === "false") {
    return verdict("skip", path, ifTree?.at ?? at, "condition-false", `its \`if\` is false${quoted(ifTree)}`);
  }
  if (condition.kind === "needs-skipped") {
    return verdict("skip", path, at, "needs-skipped", `it needs ${skippedNeed}, which is skipped`);
  }
  if (runsOn.kind !== "labels") return undefined;
  // rule host-is-not-ours: its jobs run where the forge is
  if (runsOn.labels.includes("host")) {
    return verdict("skip", path, runsOnAt ?? at, "host-label", "the label `host` is served by the forge's own host");
  }
  // rule empty-labels: no runner has one
  if (!runsOn.labels.includes("")) return undefined;
  const text = "runs-on holds an empty label, which no runner has: the job waits for ever";
  return verdict("skip", path, runsOnAt ?? at, "empty-label", text);
}

function notNow({ path, at, ifTree, runsOnAt, needs, stuck, condition, runsOn }: JobFacts): Verdict | undefined {
  // rule stuck-jobs: what can never begin waits
  if (stuck) return { decision: "wait", reason: stuck };
  // rule unknown-labels: nor without labels
  if (runsOn.kind === "unknown") {
    return verdict("undecided", path, runsOnAt ?? at, "labels-unknown", `runs-on needs ${onlyForge(runsOn.names)}`);
  }
  // rule needs-wait: a job waits for its needs
  if (needs.length > 0) return verdict("wait", path, at, "needs", `waits for ${needs.join(", ")}`);
  // rule unknown-conditions: nobody launches on a guess
  if (condition.kind !== "unknown") return undefined;
  const text = `its \`if\` needs ${onlyForge(condition.names)}`;
  return verdict("undecided", path, ifTree?.at ?? at, "condition-unknown", text);
}

function launch({ path, at, ifTree, condition, runsOn }: JobFacts): Verdict {
  const group = runsOn.kind === "labels" && runsOn.group !== undefined ? ` in the runner group ${runsOn.group}` : "";
  if (ifTree && condition.kind === "true") {
    return verdict("launch", path, ifTree.at, "condition-true", `its \`if\` is true${quoted(ifTree)}${group}`);
  }
  if (ifTree && condition.kind === "left") {
    return verdict(
      "launch",
      path,
      ifTree.at,
      "condition-left",
      "only a runner looks at its `if`, so it needs a machine",
    );
  }
  return verdict("launch", path, at, "ready", `needs no other job${group}`);
}

export function onlyForge(names: readonly string[]): string {
  return `${names.join(", ")}, which only the forge knows now`;
}

/** The condition itself, on one line. */
function quoted(tree: Tree | undefined): string {
  return tree?.kind === "scalar" ? `: ${quote(tree.source.replace(/\s+/g, " ").trim())}` : "";
}

function verdict(decision: JobDecision["decision"], file: string, at: Position, code: string, text: string): Verdict {
  return { decision, reason: { code, text, file, line: at.line, column: at.column } };
}
