import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

let built: string | undefined;

/** The post-receive program as one file, as `dayfly start` installs it. */
export function hookProgram(): string {
  if (built) return built;
  const folder = mkdtempSync(join(tmpdir(), "dayfly-hook-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, "post-receive.js");
  const entry = new URL("../../../lib/forges/git/post-receive.ts", import.meta.url).pathname;
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  built = outfile;
  return outfile;
}
