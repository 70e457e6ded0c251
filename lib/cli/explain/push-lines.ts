import type { WorkflowDecision } from "../../core/plan/decision.ts";
import type { RecordedDecision } from "../../core/ports.ts";
import { shortRef } from "../runs/run-lines.ts";
import { printable, type Style, type Terminal } from "../terminal.ts";
import type { WorkflowLine } from "./workflow-lines.ts";

const words: Readonly<Record<WorkflowDecision["decision"], readonly [style: Style, word: string]>> = {
  run: ["green", "✓ runs"],
  skip: ["dim", "– skipped"],
  undecided: ["yellow", "? undecided"],
  invalid: ["red", "! invalid"],
};

/** What one push decided: each workflow with its reason, and for those that do not run the line that decided. */
export async function pushLines(
  recorded: RecordedDecision,
  line: WorkflowLine,
  { paint }: Terminal,
): Promise<readonly string[]> {
  const { repo, ref, sha, decision } = recorded;
  const lines = [`${paint("bold", printable(repo.name))} ${shortRef(ref)} ${sha.slice(0, 7)}`];
  const width = Math.max(0, ...decision.workflows.map(({ path }) => path.length));
  const runFirst = [...decision.workflows].sort((a, b) => Number(b.decision === "run") - Number(a.decision === "run"));
  for (const { path, decision: verdict, reason } of runFirst) {
    const [style, word] = words[verdict];
    lines.push(
      `  ${paint(style, word.padEnd(11))} ${printable(path).padEnd(width)}  ${paint("dim", printable(reason.text))}`,
    );
    const quoted =
      verdict === "run" || !reason.file || !reason.line ? undefined : await line(recorded, reason.file, reason.line);
    if (quoted !== undefined)
      lines.push(`  ${" ".repeat(11)} ${paint("dim", `${reason.line} │`)} ${printable(quoted)}`);
  }
  return lines;
}
