import { type Dialect, giteaFrom } from "../dialect.ts";

const usual = { gitea: [".gitea/workflows", ".github/workflows"], github: [".github/workflows"] } as const;

/**
 * Where a forge looks for workflow files: the first of these that exists in the tree wins, even without any workflow in it.
 *
 * @param set what the administrator of a Gitea set as WORKFLOW_DIRS; read from 1.26 on, and passed over by older ones
 * @source Gitea: WORKFLOW_DIRS in section [actions]; GitHub: "Workflow syntax for GitHub Actions"
 */
export function workflowDirectories(dialect: Dialect, set: readonly string[] = []): readonly string[] {
  return set.length > 0 && giteaFrom(dialect, 1, 26) ? set : usual[dialect.forge];
}

/** Is this path, somewhere below one of those directories, the path of a workflow? Gitea reads folders below too, GitHub none. */
export function isWorkflowPath(path: string, directory: string, forge: Dialect["forge"]): boolean {
  if (!path.startsWith(`${directory}/`) || !/\.ya?ml$/.test(path)) return false;
  return forge === "gitea" || !path.slice(directory.length + 1).includes("/");
}
