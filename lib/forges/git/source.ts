import { newestGitea } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import type { Forge, Source } from "../../core/forge.ts";
import { isObjectId } from "../../core/git-command.ts";
import { type BranchBase, branchBase, changedFiles } from "./changed-files.ts";
import { type Commit, findCommit } from "./find-commit.ts";
import { runGit } from "./run-git.ts";
import { type WorkflowFiles, workflowFiles } from "./workflow-files.ts";

/** Commits whose files we keep in mind: an event asks several times for the same one. */
const rememberedCommits = 50;

/**
 * A repository on this computer, read as a forge reads it.
 *
 * @param baseOf where a new branch with that head leaves the known commits, if the push noted it
 */
export function gitSource(
  directory: string,
  baseOf: (sha: string) => Promise<BranchBase | undefined>,
): { source: Source; dialect: Forge["dialect"] } {
  const filesOf = remembering(rememberedCommits, (sha) => workflowFiles(directory, sha));
  const commitOf = (sha: string): Promise<Commit | undefined> =>
    isObjectId(sha) ? findCommit(directory, sha) : Promise.resolve(undefined);

  const source: Source = {
    workflowFiles: async (_repo, sha) => (await filesOf(sha)).files,
    async changedFiles(_repo, change) {
      const head = change.kind === "push" ? change.after : change.head;
      const known = await commitOf(head);
      const forge = known ? (await filesOf(known.sha)).forge : "github";
      const base = async (): Promise<BranchBase> => (await baseOf(head)) ?? guessBase(directory, head);
      return changedFiles(directory, forge, change, base);
    },
    commit: (_repo, sha) => commitOf(sha),
    isAncestor: (_repo, ancestor, descendant) => isAncestor(directory, ancestor, descendant),
    defaultBranch: () => defaultBranch(directory),
    branchTip: async (_repo, branch) => (await findCommit(directory, `refs/heads/${branch}`))?.sha,
  };
  return { source, dialect: async (_repo, sha) => dialectOf(await filesOf(sha)) };
}

function dialectOf({ forge }: WorkflowFiles) {
  return forge === "gitea" ? newestGitea : ({ forge: "github" } as const);
}

/** Without a note of the push: what all refs know that do not point at the new head itself. */
async function guessBase(directory: string, head: string): Promise<BranchBase> {
  const { stdout } = await runGit(directory, {
    argv: ["for-each-ref", "--format=%(objectname)", "refs/heads/", "refs/remotes/", "refs/tags/"],
  });
  const known = stdout.toString("utf8").split("\n").filter(isObjectId);
  return branchBase(
    directory,
    head,
    known.filter((id) => id !== head),
  );
}

async function isAncestor(directory: string, ancestor: string, descendant: string): Promise<boolean> {
  if (!isObjectId(ancestor) || !isObjectId(descendant)) return false;
  const { code } = await runGit(directory, {
    argv: ["merge-base", "--is-ancestor", ancestor, descendant],
    // 128: one of them is not in the repository (any more).
    answers: [0, 1, 128],
  });
  return code === 0;
}

/** What HEAD of a bare repository names, whether or not that branch has a commit yet. */
async function defaultBranch(directory: string): Promise<string> {
  const { stdout } = await runGit(directory, { argv: ["symbolic-ref", "HEAD"] });
  const ref = stdout.toString("utf8").trimEnd();
  if (!ref.startsWith("refs/heads/")) throw new WorldError(`HEAD is no branch: ${ref}`, { retryable: false });
  return ref.slice("refs/heads/".length);
}

/** Keeps the newest answers; a commit's content never changes. Failures are not kept. */
function remembering<T>(limit: number, read: (sha: string) => Promise<T>): (sha: string) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (sha) => {
    const known = kept.get(sha);
    if (known) return known;
    const answer = read(sha);
    kept.set(sha, answer);
    answer.catch(() => kept.delete(sha));
    const oldest = kept.keys().next();
    if (kept.size > limit && !oldest.done) kept.delete(oldest.value);
    return answer;
  };
}
