import type { Change } from "../../core/forge.ts";
import { isObjectId } from "../../core/git-command.ts";
import type { ChangedFiles } from "../../core/trigger/trigger-input.ts";
import { type BranchBase, branchBase, changedFiles } from "../../forges/git/changed-files.ts";
import { type Commit, findCommit } from "../../forges/git/find-commit.ts";
import { runGit } from "../../forges/git/run-git.ts";
import { type WorkflowFiles, workflowFiles } from "../../forges/git/workflow-files.ts";
import { worktreeFiles } from "../../forges/git/worktree-files.ts";
import { CommandError } from "../command.ts";

/** A repository on this computer, as the commands that only read need it. */
export interface Checkout {
  /** Top folder of the checkout, or the bare repository itself. */
  readonly top: string;
  readonly isBare: boolean;
  readonly commit: (name: string) => Promise<Commit | undefined>;
  /** What HEAD names: `refs/heads/main`; undefined where it is detached. */
  readonly head: () => Promise<string | undefined>;
  /** The remote branch that a branch follows: `refs/remotes/origin/main`. */
  readonly upstream: (ref: string) => Promise<string | undefined>;
  /** Short name of the branch that others start from: what `origin/HEAD` names, else `main` or `master`, else HEAD. */
  readonly defaultBranch: () => Promise<string | undefined>;
  /** `owner/name` by the address of `origin`; undefined where there is none. */
  readonly repository: () => Promise<string | undefined>;
  readonly mergeBase: (a: string, b: string) => Promise<string | undefined>;
  /** The tree of a merge of both; undefined where this git cannot try one (before 2.38). */
  readonly mergeTree: (base: string, head: string) => Promise<string | "conflict" | undefined>;
  readonly files: (sha: string, forge?: "gitea" | "github") => Promise<WorkflowFiles>;
  readonly filesOnDisk: (forge?: "gitea" | "github") => Promise<WorkflowFiles>;
  readonly changed: (forge: "gitea" | "github", change: Change) => Promise<ChangedFiles>;
  /** Every path of a commit. */
  readonly paths: (sha: string) => Promise<readonly string[]>;
}

/** @throws CommandError where the folder lies in no git repository */
export async function openCheckout(folder: string): Promise<Checkout> {
  const { top, isBare } = await locate(folder);
  return {
    top,
    isBare,
    commit: (name) => findCommit(top, name),
    head: async () => symbolic(top, "HEAD"),
    upstream: async (ref) => lines(await text(top, ["for-each-ref", "--format=%(upstream)", ref]))[0],
    defaultBranch: once(() => defaultBranch(top)),
    repository: once(() => repository(top)),
    mergeBase: (a, b) => mergeBase(top, a, b),
    mergeTree: (base, head) => mergeTree(top, base, head),
    files: (sha, forge) => workflowFiles(top, sha, forge),
    filesOnDisk: (forge) => worktreeFiles(top, forge),
    changed: (forge, change) => changedFiles(top, forge, change, () => newBranchBase(top, change)),
    paths: async (sha) =>
      (await text(top, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", sha])).split("\0").slice(0, -1),
  };
}

/** Asked several times for one answer, and what it says does not change meanwhile. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

async function locate(folder: string): Promise<{ top: string; isBare: boolean }> {
  const { code, stdout } = await runGit(folder, {
    argv: ["rev-parse", "--is-bare-repository", "--absolute-git-dir", "--show-toplevel"],
    // 128: no repository, or a bare one, which has no top folder.
    answers: [0, 128],
  });
  const [bare, directory, top] = lines(stdout.toString("utf8"));
  if (code === 0 && top) return { top, isBare: false };
  if (bare === "true" && directory) return { top: directory, isBare: true };
  throw new CommandError("there is no git repository here", {
    where: folder,
    remedy: "Call it inside a checkout, or name one with --repo DIR.",
    exitCode: 2,
  });
}

async function defaultBranch(top: string): Promise<string | undefined> {
  const origin = await symbolic(top, "refs/remotes/origin/HEAD");
  if (origin) return origin.replace("refs/remotes/origin/", "");
  for (const name of ["main", "master"]) {
    if (await findCommit(top, `refs/heads/${name}`)) return name;
  }
  return (await symbolic(top, "HEAD"))?.replace("refs/heads/", "");
}

/** `https://host/owner/name.git`, `git@host:owner/name` and their like. */
async function repository(top: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(top, { argv: ["config", "--get", "remote.origin.url"], answers: [0, 1] });
  const found = /[/:]([^/:]+)\/([^/]+?)(?:\.git)?\/?$/.exec(stdout.toString("utf8").trim());
  return code === 0 && found ? `${found[1]}/${found[2]}` : undefined;
}

async function symbolic(top: string, name: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(top, { argv: ["symbolic-ref", "--quiet", name], answers: [0, 1, 128] });
  return code === 0 ? stdout.toString("utf8").trimEnd() : undefined;
}

async function mergeBase(top: string, a: string, b: string): Promise<string | undefined> {
  const { stdout } = await runGit(top, { argv: ["merge-base", a, b], answers: [0, 1] });
  return lines(stdout.toString("utf8"))[0];
}

/** Its trees stay in the repository unnamed, until git cleans up. */
async function mergeTree(top: string, base: string, head: string): Promise<string | "conflict" | undefined> {
  const { code, stdout } = await runGit(top, {
    argv: ["merge-tree", "--write-tree", "--no-messages", "--name-only", base, head],
    // 1: a conflict. 128 and 129: no common history, or a git that does not know the option.
    answers: [0, 1, 128, 129],
  });
  if (code === 1) return "conflict";
  const [tree] = lines(stdout.toString("utf8"));
  return code === 0 && tree !== undefined && isObjectId(tree) ? tree : undefined;
}

/** Every other ref is older than the new branch, as far as anybody can tell afterwards. */
async function newBranchBase(top: string, change: Change): Promise<BranchBase> {
  const head = change.kind === "push" ? change.after : change.head;
  const refs = await text(top, [
    "for-each-ref",
    "--format=%(objectname)",
    "refs/heads/",
    "refs/remotes/",
    "refs/tags/",
  ]);
  return branchBase(
    top,
    head,
    lines(refs).filter((id) => isObjectId(id) && id !== head),
  );
}

async function text(top: string, argv: readonly string[]): Promise<string> {
  const { stdout } = await runGit(top, { argv });
  return stdout.toString("utf8");
}

function lines(output: string): readonly string[] {
  return output.split("\n").filter((line) => line !== "");
}
