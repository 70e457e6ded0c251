import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { isObjectId } from "../../core/git-command.ts";
import { git } from "./git.ts";

export interface Checkout {
  /** Absolute path of the bare repository. */
  readonly repository: string;
  readonly sha: string;
  readonly ref: string;
  readonly workspace: string;
}

/**
 * Puts a commit into the workspace, on its branch, with its whole history: objects are borrowed from the bare repository, not copied.
 * Hooks and templates do not come along, submodules stay empty.
 */
export async function checkOut({ repository, sha, ref, workspace }: Checkout): Promise<void> {
  if (!isObjectId(sha) || !ref.startsWith("refs/")) throw new UserError(`${sha} on ${ref} is nothing to check out`);
  const format = sha.length === 64 ? "sha256" : "sha1";
  await git(workspace, ["init", "--quiet", "--template=", `--object-format=${format}`]);
  const objects = join(workspace, ".git", "objects", "info");
  await mkdir(objects, { recursive: true });
  await writeFile(join(objects, "alternates"), `${join(repository, "objects")}\n`);
  await git(workspace, ["config", "remote.origin.url", repository]);
  await git(workspace, ["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]);

  if (ref.startsWith("refs/heads/")) {
    await git(workspace, ["update-ref", ref, sha]);
    await git(workspace, ["update-ref", `refs/remotes/origin/${ref.slice("refs/heads/".length)}`, sha]);
    await git(workspace, ["symbolic-ref", "HEAD", ref]);
  } else {
    await git(workspace, ["update-ref", ref, sha]);
    await git(workspace, ["update-ref", "--no-deref", "HEAD", sha]);
  }
  await git(workspace, ["reset", "--quiet", "--hard"]);
}

/** A file of a commit as text. */
export function readCommitted(repository: string, sha: string, path: string): Promise<string> {
  if (!isObjectId(sha)) throw new UserError(`${sha} names no commit`);
  return git(repository, ["cat-file", "blob", `${sha}:${path}`]);
}

/** The full message of a commit. */
export async function readMessage(repository: string, sha: string): Promise<string> {
  if (!isObjectId(sha)) throw new UserError(`${sha} names no commit`);
  return (await git(repository, ["log", "-1", "--format=%B", sha])).trimEnd();
}
