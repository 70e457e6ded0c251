import { isZero } from "../event.ts";
import type { Filter } from "../workflow/on.ts";
import { type Condition, type Inquiry, namesCondition } from "./trigger-condition.ts";

/** GitHub looks at no more of a difference. */
const githubFiles = 300;

/** Reason code of a decision that only the changed files can bring about. */
export const filesNeeded = "changed-files-needed";

/** Do the changed files meet a `paths` or `paths-ignore` filter? */
export function pathsCondition(inquiry: Inquiry, filter: Filter): Condition {
  const { dialect, event, changed } = inquiry;
  const { key, at } = filter;
  // Whatever the files are, a filter that is never met (or that nobody can read) stays so.
  const whatever = namesCondition(inquiry, filter, "changed path", []);
  if (["pattern-invalid", "pattern-unsettled", "list-empty", "ignore-list-negated"].includes(whatever.code)) {
    return whatever;
  }
  if (!changed) return { holds: undefined, code: filesNeeded, text: `${key} asks which files changed`, at };
  if (changed.kind === "undecidable") return unknownFiles(inquiry, changed, filter);
  if (changed.paths.length === 0) {
    // rule empty-new-branch: GitHub does not say what a new branch without commits of its own means
    if (dialect.forge === "github" && event.name === "push" && event.before !== undefined && isZero(event.before)) {
      const text = `nothing changed on the new branch, and GitHub does not document what ${key} makes of that`;
      return { holds: undefined, code: "paths-of-new-branch", text, at };
    }
    return { holds: false, code: "nothing-changed", text: `no file changed, so ${key} does not hold`, at };
  }
  // rule first-300-files: GitHub looks at the first 300 files of a difference
  const isCut = dialect.forge === "github" && changed.paths.length > githubFiles;
  const paths = isCut ? changed.paths.slice(0, githubFiles) : changed.paths;
  const condition = namesCondition(inquiry, filter, "changed path", paths);
  if (renamesMatter(inquiry, filter, paths, condition)) {
    const text = `a file may have been renamed, and GitHub does not document whether ${key} looks at its old name`;
    return { holds: undefined, code: "renamed-files", text, at };
  }
  if (!isCut || condition.holds !== false) return condition;
  return { ...condition, text: `${condition.text} (GitHub looks at the first ${githubFiles} changed files only)` };
}

/** Would the answer be another one with the old names of renamed files? In Gitea they count like all others. */
function renamesMatter(inquiry: Inquiry, filter: Filter, paths: readonly string[], { holds }: Condition): boolean {
  const { dialect, changed } = inquiry;
  const formerly = changed?.kind === "files" ? (changed.formerly ?? []) : [];
  // rule old-names: GitHub does not say whether the old name of a file counts
  if (dialect.forge !== "github" || formerly.length === 0) return false;
  return namesCondition(inquiry, filter, "changed path", [...paths, ...formerly]).holds !== holds;
}

/** A difference that could not be made: the forges act on that, each in its own way. */
function unknownFiles(
  { dialect }: Inquiry,
  { cause, text: why }: { readonly cause: "too-many" | "base-gone" | "unavailable"; readonly text: string },
  { key, at }: Filter,
): Condition {
  const code = `changed-files-${cause}`;
  if (cause === "unavailable") return { holds: undefined, code, text: `nobody knows which files changed: ${why}`, at };
  // rule difference-fails-runs: GitHub runs what it cannot compare
  if (dialect.forge === "github")
    return { holds: true, code, text: `GitHub cannot compare (${why}), so ${key} holds`, at };
  // rule base-gone-fails: Gitea takes a failed comparison for no match
  if (cause === "base-gone") return { holds: false, code, text: `Gitea cannot compare (${why}), so ${key} fails`, at };
  return { holds: undefined, code, text: `too many files changed for us to read: ${why}`, at };
}
