import { type Dialect, giteaFrom } from "../dialect.ts";
import { quote } from "../quote.ts";
import type { Filter, Trigger } from "../workflow/on.ts";
import { type Condition, type Inquiry, namesCondition } from "./trigger-condition.ts";
import { pathsCondition } from "./trigger-paths.ts";

/** What a push went to. */
type Target = { readonly kind: "branch" | "tag"; readonly name: string };

/**
 * What `push` asks for, as conditions of which all have to hold.
 *
 * Filters of the other kind of ref are no condition where the ref's own kind has some. Else they are one that fails.
 */
export function pushConditions(inquiry: Inquiry, { filters }: Trigger): readonly Condition[] {
  const target = targetOf(inquiry.event.ref);
  const isBranchFilter = ({ key }: Filter) => key === "branches" || key === "branches-ignore";
  const isTagFilter = ({ key }: Filter) => key === "tags" || key === "tags-ignore";
  const [isOwn, isOther] = target.kind === "branch" ? [isBranchFilter, isTagFilter] : [isTagFilter, isBranchFilter];
  const own = filters.filter(isOwn);
  const other = filters.filter(isOther);
  const rest = filters.filter((filter) => !isOwn(filter) && !isOther(filter));
  return [
    ...own.map((filter) => namesCondition(inquiry, filter, target.kind, [target.name])),
    ...otherKind(inquiry.dialect, target, own, other),
    ...rest.flatMap((filter) => restCondition(inquiry, target, filter)),
  ];
}

/** `refs/heads/` and `refs/tags/` are the only refs whose pushes are events. */
export function targetOf(ref: string): Target {
  if (ref.startsWith("refs/tags/")) return { kind: "tag", name: ref.slice("refs/tags/".length) };
  return { kind: "branch", name: ref.replace(/^refs\/heads\//, "") };
}

function otherKind(dialect: Dialect, { kind }: Target, own: readonly Filter[], other: readonly Filter[]): Condition[] {
  const [first, second] = other;
  if (!first) return [];
  // rule other-kind-excludes: only branch filters, no tag starts it; only tag filters, no branch does
  if (own.length === 0) {
    const text = `${other.map(({ key }) => key).join(" and ")} stands alone, so a ${kind} never starts it`;
    return [{ holds: false, code: `${kind}-not-asked-for`, text, at: first.at }];
  }
  // rule one-other-filter-forgiven: Gitea counts filters and forgives one of the other kind, never two
  if (dialect.forge === "gitea" && second) {
    const text = `Gitea also wants ${first.key} and ${second.key} of a ${kind}, which it never has`;
    return [{ holds: false, code: "two-filters-of-other-kind", text, at: second.at }];
  }
  return [];
}

function restCondition(inquiry: Inquiry, { kind }: Target, filter: Filter): Condition[] {
  if (filter.key !== "paths" && filter.key !== "paths-ignore") return [unknownFilter("push", filter)];
  // rule paths-are-for-branches: path filters are not looked at for tags
  if (kind === "tag" && !judgesPathsOfTags(inquiry.dialect)) return [];
  return [pathsCondition(inquiry, filter)];
}

function judgesPathsOfTags(dialect: Dialect): boolean {
  return dialect.forge === "gitea" && !giteaFrom(dialect, 1, 24);
}

/** A word that Gitea does not know is a condition that nothing meets. (GitHub has refused the file.) */
export function unknownFilter(event: string, { key, at }: Filter): Condition {
  const text = `Gitea knows no filter ${quote(key)} below ${event}, so it never starts`;
  return { holds: false, code: "filter-unknown", text, at };
}
