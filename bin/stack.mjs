// What `cdk` runs: bundles bin/stack.ts and runs it. Plain JavaScript, because Node 20 reads no TypeScript.
import { mkdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const outfile = "node_modules/.cache/dayfly/stack.mjs";
mkdirSync("node_modules/.cache/dayfly", { recursive: true });
await build({
  entryPoints: ["bin/stack.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "error",
});
await import(pathToFileURL(outfile).href);
