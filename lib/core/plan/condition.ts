import { data } from "@actions/expressions";
import type { Tree } from "../workflow/yaml-tree.ts";
import { asksStatus, evaluate, interpolate, type Scope } from "./expression.ts";
import { soleExpression, splitTemplate } from "./template.ts";
import { known, namesOf, truth, unknown, type Value } from "./value.ts";

export type Condition =
  /** `left`: nobody looks at it before a runner has the job. `needs-skipped`: false because a needed job is skipped. */
  | { readonly kind: "true" | "false" | "left" | "needs-skipped" }
  | { readonly kind: "unknown"; readonly names: readonly string[] }
  | { readonly kind: "invalid"; readonly at: Tree["at"]; readonly text: string };

export type KnownCondition = Exclude<Condition, { kind: "invalid" }>;

/** What is known of the jobs that a job needs, before any has run. */
type NeedsSoFar = "none" | "open" | "skipped";

/** A job's `if:` by GitHub's rules: without a status function it means `success() && (…)`. */
export function readCondition(tree: Tree | undefined, scope: Scope, needs: NeedsSoFar): Condition {
  const condition = judgeCondition(tree, { ...scope, status: statusOf(needs) });
  if (condition.kind !== "false" || needs !== "skipped") return condition;
  const otherwise = judgeCondition(tree, { ...scope, status: statusOf("open") });
  return otherwise.kind === "false" ? condition : { kind: "needs-skipped" };
}

/** Any `if:`, of a job or of a step, where the status functions answer what `scope` says. */
export function judgeCondition(tree: Tree | undefined, scope: Required<Scope>): Condition {
  const { status } = scope;
  // rule no-condition-is-success [verdict(status.success) → verdict(status.always)]: a job without an `if` asks for success()
  if (!tree || (tree.kind === "scalar" && tree.value === null)) return verdict(status.success);
  if (tree.kind !== "scalar") return { kind: "invalid", at: tree.at, text: "if has to be an expression" };

  const source = soleExpression(tree.source) ?? tree.source.trim();
  // Text around an expression makes a text of the whole, and a text that is not empty counts as true.
  // rule text-is-true [!== → ===]: text around an expression makes a text of the whole
  const isText = splitTemplate(source).kind !== "plain";
  const value = isText ? interpolate(source, scope) : evaluate(source === "" ? "success()" : source, scope);
  if (value.kind === "error") return { kind: "invalid", at: tree.at, text: value.text };
  // rule if-means-success: without a status function an `if` also asks for success()
  if (asksStatus(source)) return verdict(value);
  return verdict(and(status.success, value));
}

function and(a: Value, b: Value): Value {
  const [first, second] = [truth(a), truth(b)];
  if (first === false || second === false) return known(new data.BooleanData(false));
  if (first && second) return known(new data.BooleanData(true));
  return unknown([...(first === undefined ? namesOf(a) : []), ...(second === undefined ? namesOf(b) : [])]);
}

function verdict(value: Value): Condition {
  const counts = truth(value);
  if (counts === undefined) return { kind: "unknown", names: namesOf(value) };
  return { kind: counts ? "true" : "false" };
}

function statusOf(needs: NeedsSoFar): Required<Scope>["status"] {
  const yes = known(new data.BooleanData(true));
  const no = known(new data.BooleanData(false));
  const later = (name: string) => unknown([name]);
  if (needs === "none") return { success: yes, always: yes, failure: no, cancelled: no };
  const success = needs === "skipped" ? no : later("success()");
  return { success, always: yes, failure: later("failure()"), cancelled: later("cancelled()") };
}
