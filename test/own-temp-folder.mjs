import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * All temporary files of one run of jest stand in one folder, and go with it: those of the CDK, of bundlers and of
 * programs that a test kills in the middle of their work are nobody else's to remove.
 */
export default function useOwnTempFolder() {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
  // Workers and what they start inherit it.
  process.env.TMPDIR = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}
