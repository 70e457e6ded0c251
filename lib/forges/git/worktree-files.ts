import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { WorkflowSource } from "../../core/trigger/trigger-input.ts";
import { isWorkflow, type WorkflowFiles } from "./workflow-files.ts";

/** The workflow files as they lie on the disk, by the same rule as those of a commit; for edits not yet committed. */
export async function worktreeFiles(top: string, forge?: "gitea" | "github"): Promise<WorkflowFiles> {
  const own = await list(top, ".gitea/workflows");
  const isGitea = forge === "gitea" || (forge === undefined && own !== undefined);
  const listed = (isGitea ? own : undefined) ?? (await list(top, ".github/workflows")) ?? [];
  const files: WorkflowSource[] = [];
  for (const path of listed.filter((path) => isWorkflow(path, isGitea)).sort()) {
    files.push({ path, text: await readFile(join(top, path), "utf8") });
  }
  return { forge: isGitea ? "gitea" : "github", files };
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
