/** Gitea's name of a workflow: its path below the workflow directory, whichever directory that is. */
export function workflowId(path: string): string {
  return path.replace(/^[^/]+\/workflows\//, "");
}
