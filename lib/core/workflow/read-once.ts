import type { Dialect } from "../dialect.ts";
import type { WorkflowSource } from "../trigger/trigger-input.ts";
import { readWorkflow, type WorkflowReading } from "./workflow.ts";

/** Characters of source whose readings are kept at most; a reading takes up to a hundred times as much memory. */
const maxKept = 1 << 20;

/** By dialect, path and blob: oldest first. */
const byBlob = new Map<string, { readonly reading: WorkflowReading; readonly text: string }>();
const bySource = new WeakMap<WorkflowSource, Map<string, WorkflowReading>>();
let kept = 0;

/** A workflow file as its forge reads it. Equal blobs are equal files, so a file is parsed once for many questions. */
export function readOnce(dialect: Dialect, file: WorkflowSource): WorkflowReading {
  const rules = dialect.forge === "gitea" ? dialect.version.join(".") : dialect.forge;
  const known = bySource.get(file) ?? new Map<string, WorkflowReading>();
  bySource.set(file, known);
  const reading = known.get(rules) ?? readBlob(dialect, rules, file);
  known.set(rules, reading);
  return reading;
}

function readBlob(dialect: Dialect, rules: string, file: WorkflowSource): WorkflowReading {
  if (file.blobId === undefined) return readWorkflow(dialect, file);
  const key = JSON.stringify([rules, file.path, file.blobId]);
  const entry = byBlob.get(key);
  // Whoever hands over a wrong id gets a slow answer, never a wrong one.
  const found = entry?.text === file.text ? entry : undefined;
  if (entry && !found) return readWorkflow(dialect, file);
  const reading = found?.reading ?? readWorkflow(dialect, file);
  // The newest use is the last to go.
  if (found) byBlob.delete(key);
  else kept += file.text.length;
  byBlob.set(key, { reading, text: file.text });
  for (const [oldest, { text }] of byBlob) {
    if (kept <= maxKept) break;
    byBlob.delete(oldest);
    kept -= text.length;
  }
  return reading;
}
