import type { Instant } from "../../core/event.ts";
import { isObjectId } from "../../core/git-command.ts";
import type { WorkflowSource } from "../../core/trigger/trigger-input.ts";
import { type Commit, parseCommit } from "../../forges/git/find-commit.ts";
import { readObjects } from "../../forges/git/objects.ts";
import { runGit } from "../../forges/git/run-git.ts";
import { type WorkflowFiles, workflowFiles } from "../../forges/git/workflow-files.ts";

/** A commit that came to a branch, with what it changed against its first parent. */
export interface PastCommit extends Commit {
  /** When it was committed. */
  readonly at: Instant;
  readonly changed: readonly string[];
}

export interface History {
  /** First-parent commits since then, oldest first. */
  readonly commits: readonly PastCommit[];
  /** Commits with the same workflow files get the same object, so none is read or parsed twice. */
  readonly filesOf: (sha: string) => Promise<WorkflowFiles>;
}

/** More than a year of the busiest repositories; beyond it the replay says so. */
export const maxCommits = 20_000;
const maxBytes = 512 << 20;

/** Reads a branch's past in a handful of git calls, whatever its length. */
export async function readHistory(
  top: string,
  tip: string,
  since: Instant,
  forge?: "gitea" | "github",
): Promise<History> {
  const ids = await listCommits(top, tip, since);
  const commits = await readCommits(top, ids);
  const changed = await readChanges(top, commits);
  const trees = await readTrees(top, ids);
  const byTrees = new Map<string, Promise<WorkflowFiles>>();
  const shared = new Map<string, WorkflowSource>();
  return {
    commits: commits.map((commit, index) => ({ ...commit, changed: changed[index] ?? [] })),
    filesOf: (sha) => {
      const key = trees.get(sha) ?? sha;
      const files = byTrees.get(key) ?? workflowFiles(top, sha, forge).then((found) => share(shared, found));
      byTrees.set(key, files);
      return files;
    },
  };
}

/** A file that stayed the same while others changed stays the same object. */
function share(known: Map<string, WorkflowSource>, { forge, files }: WorkflowFiles): WorkflowFiles {
  const same = files.map((file) => {
    const key = JSON.stringify([file.path, file.blobId]);
    const first = known.get(key) ?? file;
    known.set(key, first);
    return first;
  });
  return { forge, files: same };
}

async function listCommits(top: string, tip: string, since: Instant): Promise<readonly string[]> {
  const argv = ["rev-list", "--first-parent", "--reverse", `--since=${Math.floor(since / 1000)}`, tip];
  const { stdout } = await runGit(top, { argv });
  return stdout.toString("utf8").split("\n").filter(isObjectId).slice(-maxCommits);
}

type BareCommit = Omit<PastCommit, "changed">;

async function readCommits(top: string, ids: readonly string[]): Promise<readonly BareCommit[]> {
  const objects = await readObjects(top, ids);
  return objects.flatMap((object) => {
    if (object?.type !== "commit") return [];
    const text = object.content.toString("utf8");
    const [headers = ""] = text.split("\n\n", 1);
    const seconds = /^committer .*> (\d+) [-+]\d{4}$/m.exec(headers)?.[1];
    return [{ sha: object.id, ...parseCommit(text), at: Number(seconds ?? 0) * 1000 }];
  });
}

/** Names of changed files, commit by commit in the order asked: git puts each commit's id before its names. */
async function readChanges(top: string, commits: readonly BareCommit[]): Promise<readonly (readonly string[])[]> {
  if (commits.length === 0) return [];
  const input = commits.map(({ sha, parents }) => `${[sha, ...parents.slice(0, 1)].join(" ")}\n`).join("");
  const argv = ["diff-tree", "--stdin", "--root", "-r", "-z", "--name-only", "--no-renames"];
  const { stdout } = await runGit(top, { argv, input, maxBytes });
  const changes: string[][] = commits.map(() => []);
  // A commit without a change is not named at all. No path can be the id of a later commit: the id depends on the path.
  const places = new Map(commits.map(({ sha }, index) => [sha, index]));
  let current: string[] | undefined;
  let reached = -1;
  for (const token of stdout.toString("utf8").split("\0").slice(0, -1)) {
    const place = places.get(token);
    if (place !== undefined && place > reached) {
      reached = place;
      current = changes[place];
    } else current?.push(token);
  }
  return changes;
}

/** By commit: the ids of its two workflow directories, which tell whether two commits have the same files. */
async function readTrees(top: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const directories = [".gitea/workflows", ".github/workflows"];
  const input = ids.flatMap((id) => directories.map((directory) => `${id}:${directory}\n`)).join("");
  const { stdout } = await runGit(top, { argv: ["cat-file", "--batch-check=%(objectname)"], input, maxBytes });
  const answers = stdout.toString("utf8").split("\n");
  return new Map(
    ids.map((id, index) => {
      const own = answers.slice(index * directories.length, (index + 1) * directories.length);
      return [id, own.map((answer) => (isObjectId(answer) ? answer : "-")).join(" ")];
    }),
  );
}
