// `node scripts/run.mjs FILE.ts [argument…]`: bundles a script or benchmark of this repository and runs it.
import { mkdirSync, rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const [file, ...argv] = process.argv.slice(2);
if (!file) throw new Error("usage: node scripts/run.mjs FILE.ts [argument…]");
const root = fileURLToPath(new URL("..", import.meta.url));
// Inside node_modules, so that the bundle finds the packages that it imports.
const folder = resolve(root, "node_modules/.cache/dayfly-run");
const outfile = resolve(folder, `${basename(file, ".ts")}-${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
try {
  await build({ entryPoints: [file], outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
  process.argv = [process.argv[0], file, ...argv];
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(outfile, { force: true });
}
