import type { RecordedDecision, World } from "../../core/ports.ts";

const KEPT_COMMITS = 100;

/** One line of a workflow file at the commit of a decision; undefined where it cannot be had any more. */
export type WorkflowLine = (decision: RecordedDecision, file: string, line: number) => Promise<string | undefined>;

/** Reads lines of workflow files; a commit's files never change, so the last ones are kept. */
export function workflowLines(forge: World["forge"]): WorkflowLine {
  const kept = new Map<string, ReadonlyMap<string, readonly string[]>>();

  async function filesOf({
    forge: name,
    repo,
    sha,
  }: RecordedDecision): Promise<ReadonlyMap<string, readonly string[]>> {
    const key = `${name} ${repo.id} ${sha}`;
    const known = kept.get(key);
    if (known) return known;
    const files =
      (await forge(name)
        ?.source.workflowFiles(repo, sha)
        .catch(() => [])) ?? [];
    const lines = new Map(files.map(({ path, text }) => [path, text.split("\n")]));
    const [oldest] = kept.keys();
    if (kept.size >= KEPT_COMMITS && oldest !== undefined) kept.delete(oldest);
    kept.set(key, lines);
    return lines;
  }

  return async (decision, file, line) => (await filesOf(decision)).get(file)?.[line - 1];
}
