import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";

/** What GitHub's own parser says against a workflow file. Only a bundle of this file runs: see workflow-parser.test.ts. */
export function parse(file: { name: string; content: string }): readonly string[] {
  const { context } = parseWorkflow(file, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}
