import { newestGitea } from "../../core/dialect.ts";
import { WorldError } from "../../core/errors.ts";
import { isObjectId } from "../../core/git-command.ts";
import type { WorkflowSource } from "../../core/trigger/trigger-input.ts";
import { isWorkflowPath, workflowDirectories } from "../../core/workflow/workflow-directories.ts";
import { readObjects } from "./objects.ts";
import { runGit } from "./run-git.ts";

export interface WorkflowFiles {
  /** Whose rules they follow, by their directory; github where there is no directory at all. */
  readonly forge: "gitea" | "github";
  readonly files: readonly WorkflowSource[];
}

const [giteaDirectory = "", githubDirectory = ""] = workflowDirectories(newestGitea);

/** Gitea cuts a workflow file here; one that big is beyond what the engine reads, for either forge. */
const maxFileBytes = 1 << 20;

interface Entry {
  /** `120000` is a symbolic link: no forge follows one. */
  readonly mode: string;
  readonly id: string;
  readonly bytes: number;
  readonly path: string;
}

/**
 * The workflow files of a commit.
 *
 * `.gitea/workflows` wins where it exists, even without a workflow in it, and is read with all folders below;
 * GitHub knows only `.github/workflows`, and no folder below.
 *
 * @param forge whose reading is wanted; without it the directory decides
 * @source Gitea WORKFLOW_DIRS, "the first that exists"
 */
export async function workflowFiles(
  directory: string,
  sha: string,
  forge?: "gitea" | "github",
): Promise<WorkflowFiles> {
  const entries = await listEntries(directory, sha);
  const hasOwn = entries.some(({ path }) => path.startsWith(`${giteaDirectory}/`));
  const rules = forge ?? (hasOwn ? "gitea" : "github");
  const from = rules === "gitea" && hasOwn ? giteaDirectory : githubDirectory;
  const read = entries.filter(({ mode, path }) => mode.startsWith("100") && isWorkflowPath(path, from, rules));
  return { forge: rules, files: await readFiles(directory, read) };
}

async function listEntries(directory: string, sha: string): Promise<readonly Entry[]> {
  if (!isObjectId(sha)) throw new WorldError("a commit is named by its full id", { retryable: false });
  const { stdout } = await runGit(directory, {
    argv: ["ls-tree", "-r", "-l", "-z", "--full-tree", sha, "--", giteaDirectory, githubDirectory],
  });
  const entries: Entry[] = [];
  for (const line of stdout.toString("utf8").split("\0")) {
    const parts = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line);
    if (!parts?.[1] || !parts[2] || !parts[4]) continue;
    entries.push({ mode: parts[1], id: parts[2], bytes: Number(parts[3]), path: parts[4] });
  }
  return entries;
}

async function readFiles(directory: string, entries: readonly Entry[]): Promise<readonly WorkflowSource[]> {
  const small = entries.filter(({ bytes }) => bytes <= maxFileBytes);
  const objects = await readObjects(
    directory,
    small.map(({ id }) => id),
  );
  const texts = new Map(objects.flatMap((found) => (found ? [[found.id, found.content.toString("utf8")]] : [])));
  for (const { id, bytes } of entries) if (bytes > maxFileBytes) texts.set(id, await readStart(directory, id));
  return entries.map(({ id, path }) => ({ path, text: texts.get(id) ?? "", blobId: id }));
}

async function readStart(directory: string, id: string): Promise<string> {
  const { stdout } = await runGit(directory, { argv: ["cat-file", "blob", id], maxBytes: maxFileBytes, cut: true });
  return stdout.toString("utf8");
}
