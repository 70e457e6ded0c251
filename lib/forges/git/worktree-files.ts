import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { newestGitea } from "../../core/dialect.ts";
import type { WorkflowSource } from "../../core/trigger/trigger-input.ts";
import { isWorkflowPath, workflowDirectories } from "../../core/workflow/workflow-directories.ts";
import type { WorkflowFiles } from "./workflow-files.ts";

const [giteaDirectory = "", githubDirectory = ""] = workflowDirectories(newestGitea);

/** The workflow files as they lie on the disk, by the same rule as those of a commit; for edits not yet committed. */
export async function worktreeFiles(top: string, forge?: "gitea" | "github"): Promise<WorkflowFiles> {
  const own = await list(top, giteaDirectory);
  const rules = forge ?? (own ? "gitea" : "github");
  const from = rules === "gitea" && own ? giteaDirectory : githubDirectory;
  const listed = from === giteaDirectory ? own : await list(top, githubDirectory);
  const files: WorkflowSource[] = [];
  for (const path of (listed ?? []).filter((path) => isWorkflowPath(path, from, rules)).sort()) {
    files.push({ path, text: await readFile(join(top, path), "utf8") });
  }
  return { forge: rules, files };
}

/** Regular files below a folder as paths in the repository; undefined where there is no such folder. */
async function list(top: string, folder: string): Promise<readonly string[] | undefined> {
  const found = await stat(join(top, folder)).catch(() => undefined);
  if (!found?.isDirectory()) return undefined;
  const entries = await readdir(join(top, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(top, "/").length));
}
