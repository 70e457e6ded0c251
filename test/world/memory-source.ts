import type { Change, Source } from "../../lib/core/forge.ts";
import type { ChangedFiles } from "../../lib/core/trigger/trigger-input.ts";

/** One commit of a repository in memory, with its whole tree. */
export interface MemoryCommit {
  readonly sha: string;
  readonly message: string;
  readonly parents: readonly string[];
  /** Path to content. */
  readonly files: Readonly<Record<string, string>>;
}

export interface MemorySource extends Source {
  /** Adds a commit; files that are not named stay as in its first parent, `null` takes one away. */
  commitFiles(sha: string, change: CommitChange): MemoryCommit;
  /** Lets a branch point at a commit. */
  moveBranch(branch: string, sha: string): void;
}

export interface CommitChange {
  readonly files?: Readonly<Record<string, string | null>>;
  readonly message?: string;
  readonly parents?: readonly string[];
}

/** All repositories of the forge share one set of commits: their shas tell them apart. */
export function memorySource(workflowFolders: readonly string[]): MemorySource {
  const commits = new Map<string, MemoryCommit>();
  const branches = new Map<string, string>();

  function treeOf(sha: string | undefined): Readonly<Record<string, string>> {
    return (sha && commits.get(sha)?.files) || {};
  }

  function changed(change: Change): ChangedFiles {
    const before = change.kind === "push" ? change.before : change.mergeBase;
    const after = change.kind === "push" ? change.after : change.head;
    const [old, now] = [treeOf(before), treeOf(after)];
    const paths = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((path) => old[path] !== now[path]);
    return { kind: "files", paths: paths.sort() };
  }

  return {
    commitFiles(sha, { files = {}, message = "a commit", parents = [] }) {
      const tree = Object.entries({ ...treeOf(parents[0]), ...files }).filter(([, text]) => text !== null);
      const commit = { sha, message, parents, files: Object.fromEntries(tree) as Record<string, string> };
      commits.set(sha, commit);
      return commit;
    },
    moveBranch: (branch, sha) => void branches.set(branch, sha),
    async workflowFiles(_repo, sha) {
      return Object.entries(treeOf(sha))
        .filter(([path]) => workflowFolders.some((folder) => path.startsWith(`${folder}/`)) && /\.ya?ml$/.test(path))
        .map(([path, text]) => ({ path, text, blobId: `${path}@${text.length}@${sha}` }));
    },
    async changedFiles(_repo, change) {
      return changed(change);
    },
    async commit(_repo, sha) {
      const commit = commits.get(sha);
      return commit && { sha, message: commit.message, parents: commit.parents };
    },
    async isAncestor(_repo, ancestor, descendant) {
      const seen = new Set<string>();
      const left = [descendant];
      for (let sha = left.pop(); sha !== undefined; sha = left.pop()) {
        if (sha === ancestor) return true;
        if (seen.has(sha)) continue;
        seen.add(sha);
        left.push(...(commits.get(sha)?.parents ?? []));
      }
      return false;
    },
    async defaultBranch() {
      return "main";
    },
    branchTip: async (_repo, branch) => branches.get(branch),
  };
}
