import type { Dialect } from "../dialect.ts";
import type { Position } from "../errors.ts";
import { quote } from "../quote.ts";
import type { Filter } from "../workflow/on.ts";
import { findIncluded, findKept, type Pattern } from "./filter.ts";
import type { Work } from "./matcher.ts";
import type { ChangedFiles, TriggerEvent } from "./trigger-input.ts";

/** One thing that a trigger asks of an event. */
export interface Condition {
  /** `undefined`: it cannot be known now. */
  readonly holds: boolean | undefined;
  readonly code: string;
  /** Part of a sentence, in words of the workflow file. */
  readonly text: string;
  readonly at: Position;
}

/** What is asked about, and how much may still be done to answer. */
export interface Inquiry {
  readonly dialect: Dialect;
  readonly event: TriggerEvent;
  readonly changed: ChangedFiles | undefined;
  readonly work: Work;
}

/** What names a filter looks at, in words: `branch`, `tag`, `base branch`, `changed path`, `workflow`. */
type Kind = "branch" | "tag" | "base branch" | "changed path" | "workflow";

/** Is one of the names in (an include list), or at least one not ignored (an ignore list)? */
export function namesCondition(inquiry: Inquiry, filter: Filter, kind: Kind, names: readonly string[]): Condition {
  return refusedCondition(inquiry, filter) ?? emptyCondition(inquiry, filter) ?? judge(inquiry, filter, kind, names);
}

export function isIgnoreList({ key }: Filter): boolean {
  return key.endsWith("-ignore");
}

function judge(inquiry: Inquiry, filter: Filter, kind: Kind, names: readonly string[]): Condition {
  const patterns = filter.list?.patterns ?? [];
  const judged = isIgnoreList(filter)
    ? judgeIgnored(inquiry, filter, kind, names, patterns)
    : judgeIncluded(inquiry, filter, kind, names, patterns);
  return judged ?? tooMuch(filter);
}

function judgeIncluded(
  { work }: Inquiry,
  { key, at }: Filter,
  kind: Kind,
  names: readonly string[],
  patterns: readonly Pattern[],
): Condition | undefined {
  const found = findIncluded(patterns, names, work);
  if (found.kind === "too-much") return undefined;
  const code = kind.replace(" ", "-");
  if (found.kind === "included") {
    const text = `${kind} ${quote(found.name)} matches ${key} ${quote(found.by.text)}`;
    return { holds: true, code: `${code}-matched`, text, at: found.by.at };
  }
  if (names.length === 1 && found.excluded) {
    const text = `${kind} ${quote(found.excluded.name)} is excluded by ${key} ${quote(found.excluded.by.text)}`;
    return { holds: false, code: `${code}-excluded`, text, at: found.excluded.by.at };
  }
  const subject = kind === "changed path" ? `no ${kind}` : `${kind} ${quote(names[0] ?? "")}`;
  const text = `${subject} matches ${kind === "changed path" ? "" : "none of "}${key} ${listed(patterns)}`;
  return { holds: false, code: `${code}-not-matched`, text, at };
}

function judgeIgnored(
  { work }: Inquiry,
  { key, at }: Filter,
  kind: Kind,
  names: readonly string[],
  patterns: readonly Pattern[],
): Condition | undefined {
  const found = findKept(patterns, names, work);
  if (found.kind === "too-much") return undefined;
  const code = kind.replace(" ", "-");
  if (found.kind === "kept") {
    return { holds: true, code: `${code}-kept`, text: `${kind} ${quote(found.name)} is not in ${key}`, at };
  }
  const subject = kind === "changed path" ? `every ${kind}` : `${kind} ${quote(names[0] ?? "")}`;
  const text = `${subject} ${found.by.some((by) => by.negative) ? "is ignored by" : "matches"} ${key} ${listed(found.by)}`;
  return { holds: false, code: `${code}-ignored`, text, at: found.by[0]?.at ?? at };
}

/** The first three are enough to recognise a list. */
function listed(patterns: readonly Pattern[]): string {
  const shown = patterns.slice(0, 3).map(({ text }) => quote(text));
  return patterns.length > 3 ? `${shown.join(", ")} and ${patterns.length - 3} more` : shown.join(", ");
}

/** Patterns that the forge, or nobody, can read. */
function refusedCondition({ dialect }: Inquiry, { key, list }: Filter): Condition | undefined {
  const invalid = list?.refused.find(({ kind }) => kind === "invalid");
  // rule invalid-pattern-never-holds: Gitea says nothing, and the filter never holds
  if (invalid && dialect.forge === "gitea") {
    const text = `${key} holds the invalid pattern ${quote(invalid.text)} (${invalid.why}), so Gitea never takes it as met`;
    return { holds: false, code: "pattern-invalid", text, at: invalid.at };
  }
  const [unsettled] = list?.refused ?? [];
  if (!unsettled) return undefined;
  const text = `nobody can say what ${quote(unsettled.text)} in ${key} means: ${unsettled.why}`;
  return { holds: undefined, code: "pattern-unsettled", text, at: unsettled.at };
}

function emptyCondition({ dialect }: Inquiry, filter: Filter): Condition | undefined {
  const patterns = filter.list?.patterns ?? [];
  const { key, at } = filter;
  if (patterns.length === 0) {
    // rule empty-list-holds: an empty list of patterns lets everything pass in Gitea
    if (dialect.forge === "gitea") return { holds: true, code: "list-empty", text: `${key} is empty`, at };
    return { holds: undefined, code: "list-empty", text: `GitHub does not document what an empty ${key} means`, at };
  }
  const negative = patterns.find((pattern) => pattern.negative);
  if (!negative || !isIgnoreList(filter) || dialect.forge === "gitea") return undefined;
  const text = `GitHub does not document what ${quote(negative.text)} in ${key} means`;
  return { holds: undefined, code: "ignore-list-negated", text, at: negative.at };
}

function tooMuch({ key, at }: Filter): Condition {
  return { holds: undefined, code: "too-much-work", text: `${key} takes more work than we are ready to do`, at };
}
