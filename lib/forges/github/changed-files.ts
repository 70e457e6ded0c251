import * as z from "zod/mini";
import { isZero, type RepoRef } from "../../core/event.ts";
import type { Change, Source } from "../../core/forge.ts";
import type { ChangedFiles } from "../../core/trigger/trigger-input.ts";
import { treeDifference } from "../tree-walk.ts";
import { type GithubApi, repoParams } from "./api.ts";
import type { GithubTrees } from "./trees.ts";

/** GitHub looks at no more files of a difference, and lists no more of a comparison. */
const WINDOW = 300;
/** A push with more commits runs whatever its filters say. */
const MAX_COMMITS = 1000;
const PAGE = 100;

const File = z.object({ filename: z.string(), previous_filename: z.optional(z.string()) });
const Comparison = z.object({
  status: z.enum(["ahead", "behind", "diverged", "identical"]),
  total_commits: z.int(),
  files: z.optional(z.array(File)),
});

/**
 * The files of a push or a pull request as GitHub takes them for path filters.
 *
 * For a fast-forward the REST comparison is exactly that, window included. It compares with the merge base, so after a forced push the
 * two trees are walked instead.
 */
export function githubChangedFiles(
  api: GithubApi,
  trees: GithubTrees,
  commit: Source["commit"],
): (repo: RepoRef, change: Change) => Promise<ChangedFiles> {
  async function between(repo: RepoRef, before: string, after: string): Promise<ChangedFiles> {
    const answer = await api.of(repo.name).send({
      method: "GET",
      path: "/repos/{owner}/{repo}/compare/{basehead}",
      params: { ...repoParams(repo.name), basehead: `${before}...${after}` },
      query: { per_page: "1" },
      shape: Comparison,
      tolerates: [404, 422],
    });
    if (answer.kind === "refused") return walk(repo, before, after);
    const { status, total_commits, files = [] } = answer.value;
    if (total_commits > MAX_COMMITS) {
      return { kind: "undecidable", cause: "too-many", text: `it has ${total_commits} commits` };
    }
    return status === "ahead" || status === "identical" ? filesOf(files) : walk(repo, before, after);
  }

  /** Trees do not tell a renamed file from one that is gone, so beside new files each that is gone may be an old name. */
  async function walk(repo: RepoRef, before: string, after: string): Promise<ChangedFiles> {
    const walked = await treeDifference(trees.of(repo), before, after);
    if (walked.kind !== "files") return walked;
    const { gone, added, changed } = walked;
    const formerly = added.length > 0 ? gone.sort() : [];
    const paths = [...added, ...changed, ...(added.length > 0 ? [] : gone)].sort().slice(0, WINDOW);
    return { kind: "files", paths, ...(formerly.length > 0 ? { formerly } : {}) };
  }

  async function sinceParent(repo: RepoRef, first: string, after: string): Promise<ChangedFiles> {
    const [parent] = (await commit(repo, first))?.parents ?? [];
    if (parent !== undefined) return between(repo, parent, after);
    const files = await trees.of(repo).files(after);
    if (files === undefined || files === "too-many") {
      return { kind: "undecidable", cause: "unavailable", text: "its files cannot be listed" };
    }
    return { kind: "files", paths: files.map(({ path }) => path).slice(0, WINDOW) };
  }

  return async function changedFiles(repo, change) {
    if (change.kind === "pull_request") return filesOf(await pullFiles(api, repo, change.number));
    if (!isZero(change.before)) return between(repo, change.before, change.after);
    if (change.firstCommit) return sinceParent(repo, change.firstCommit, change.after);
    const text = "a new ref that brings no commit: GitHub does not document what it compares";
    return { kind: "undecidable", cause: "unavailable", text };
  };
}

function filesOf(files: readonly z.infer<typeof File>[]): ChangedFiles {
  const looked = files.slice(0, WINDOW);
  const paths = looked.map(({ filename }) => filename);
  const formerly = looked.flatMap(({ previous_filename }) => (previous_filename ? [previous_filename] : []));
  return { kind: "files", paths, ...(formerly.length > 0 ? { formerly } : {}) };
}

async function pullFiles(api: GithubApi, repo: RepoRef, number: string): Promise<readonly z.infer<typeof File>[]> {
  const files: z.infer<typeof File>[] = [];
  for (let page = 1; page <= WINDOW / PAGE; page += 1) {
    const found = await api.of(repo.name).read({
      method: "GET",
      path: "/repos/{owner}/{repo}/pulls/{pull_number}/files",
      params: { ...repoParams(repo.name), pull_number: number },
      query: { per_page: `${PAGE}`, page: `${page}` },
      shape: z.array(File),
    });
    files.push(...found);
    if (found.length < PAGE) break;
  }
  return files;
}
