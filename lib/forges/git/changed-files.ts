import { isZero } from "../../core/event.ts";
import type { Change } from "../../core/forge.ts";
import type { ChangedFiles } from "../../core/trigger/trigger-input.ts";
import { findCommit, findCommits } from "./find-commit.ts";
import { runGit } from "./run-git.ts";

/** Where the commits of a new branch begin: behind this commit, at the very first commit, or there are none. */
export type BranchBase =
  | { readonly kind: "commit"; readonly sha: string }
  | { readonly kind: "root" }
  | { readonly kind: "none" };

/** Beyond so many commits in one push GitHub does not look at the files. */
const maxGithubCommits = 1000;
const maxPathBytes = 32 << 20;

/**
 * The paths that an event changed, as the forge computes them: two-dot tree difference, both names of a rename.
 *
 * @param base asked only for a new branch, and only by GitHub's rules
 * @source Gitea: `git diff-tree -r --name-only before after`; GitHub: "Git diff comparisons"
 */
export async function changedFiles(
  directory: string,
  forge: "gitea" | "github",
  change: Change,
  base: () => Promise<BranchBase>,
): Promise<ChangedFiles> {
  const to = change.kind === "push" ? change.after : change.head;
  const from = change.kind === "push" ? change.before : change.mergeBase;
  const [head, start] = await findCommits(directory, [to, from ?? ""]);
  if (!head) return gone(to);
  if (from === undefined) return { kind: "undecidable", cause: "base-gone", text: "the merge base is unknown" };
  if (isZero(from)) {
    if (forge === "gitea") return headOnly(directory, head.sha);
    return sinceBase(directory, await base(), head.sha);
  }
  if (!start) return gone(from);
  return difference(directory, forge, start.sha, head.sha);
}

/** Gitea shows for a new branch what its head commit alone changed; git says nothing about a merge. */
function headOnly(directory: string, sha: string): Promise<ChangedFiles> {
  return paths(directory, ["--root", "--no-commit-id", sha]);
}

async function sinceBase(directory: string, base: BranchBase, sha: string): Promise<ChangedFiles> {
  if (base.kind === "commit") return difference(directory, "github", base.sha, sha);
  if (base.kind === "none")
    return { kind: "undecidable", cause: "unavailable", text: "a new branch without commits of its own" };
  if (await hasTooMany(directory, [sha])) return tooMany;
  return { kind: "files", paths: await namesIn(directory, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", sha]) };
}

async function difference(
  directory: string,
  forge: "gitea" | "github",
  before: string,
  after: string,
): Promise<ChangedFiles> {
  if (forge === "gitea") return paths(directory, [before, after]);
  const [isTooMuch, files] = await Promise.all([
    hasTooMany(directory, [after, `^${before}`]),
    withRenames(directory, before, after),
  ]);
  return isTooMuch ? tooMany : files;
}

/** GitHub finds renames; which of the two names it looks at, it does not say. */
async function withRenames(directory: string, before: string, after: string): Promise<ChangedFiles> {
  const fields = await namesIn(directory, ["diff-tree", "-r", "-z", "--name-status", "-M", before, after]);
  const [paths, formerly]: [string[], string[]] = [[], []];
  for (let i = 0; i < fields.length; ) {
    const isRename = fields[i]?.startsWith("R") === true;
    if (isRename) formerly.push(fields[i + 1] ?? "");
    paths.push(fields[i + (isRename ? 2 : 1)] ?? "");
    i += isRename ? 3 : 2;
  }
  return { kind: "files", paths, ...(formerly.length > 0 ? { formerly } : {}) };
}

async function paths(directory: string, argv: readonly string[]): Promise<ChangedFiles> {
  const names = await namesIn(directory, ["diff-tree", "-r", "-z", "--name-only", "--no-renames", ...argv]);
  return { kind: "files", paths: names };
}

async function namesIn(directory: string, argv: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runGit(directory, { argv, maxBytes: maxPathBytes });
  return stdout.toString("utf8").split("\0").slice(0, -1);
}

async function hasTooMany(directory: string, range: readonly string[]): Promise<boolean> {
  const limit = maxGithubCommits + 1;
  const { stdout } = await runGit(directory, { argv: ["rev-list", "--count", `--max-count=${limit}`, ...range] });
  return Number(stdout.toString("utf8")) >= limit;
}

const tooMany: ChangedFiles = {
  kind: "undecidable",
  cause: "too-many",
  text: `more than ${maxGithubCommits} commits in one push`,
};

function gone(sha: string): ChangedFiles {
  return { kind: "undecidable", cause: "base-gone", text: `commit ${sha.slice(0, 12)} is not in the repository` };
}

/**
 * Where a new branch leaves what the repository knew before: the parent of its deepest new commit.
 *
 * @param known ids that other refs have, or had when the branch came
 * @source GitHub, "Git diff comparisons": the parent of the ancestor of the deepest commit pushed
 */
export async function branchBase(directory: string, sha: string, known: readonly string[]): Promise<BranchBase> {
  const head = await findCommit(directory, sha);
  if (!head) return { kind: "none" };
  const { stdout } = await runGit(directory, {
    argv: ["rev-list", "--topo-order", "--ignore-missing", "--stdin"],
    input: [head.sha, ...known.map((id) => `^${id}`)].map((line) => `${line}\n`).join(""),
  });
  const deepest = stdout.toString("utf8").trimEnd().split("\n").at(-1);
  if (!deepest) return { kind: "none" };
  const parent = (await findCommit(directory, deepest))?.parents[0];
  return parent ? { kind: "commit", sha: parent } : { kind: "root" };
}
