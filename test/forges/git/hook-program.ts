import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "@jest/globals";
import { buildSync } from "esbuild";

let built: string | undefined;

// Registered in whichever suite imports this.
afterAll(() => {
  if (built) rmSync(dirname(built), { recursive: true, force: true });
});

/** The post-receive program as one file, as `dayfly start` installs it. */
export function hookProgram(): string {
  if (built) return built;
  const folder = mkdtempSync(join(tmpdir(), "dayfly-hook-"));
  const outfile = join(folder, "post-receive.js");
  const entry = new URL("../../../lib/forges/git/post-receive.ts", import.meta.url).pathname;
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  built = outfile;
  return outfile;
}
