// `node scripts/run.mjs FILE.ts [argument…]`: bundles a script or benchmark of this repository and runs it.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
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
  const options = { bundle: true, packages: "external", platform: "node", format: "esm", plugins: [ownAddresses()] };
  await build({ entryPoints: [file], outfile, ...options });
  process.argv = [process.argv[0], file, ...argv];
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(outfile, { force: true });
}

/** A file that reads another one beside it finds it where its source lies, not beside the bundle. */
function ownAddresses() {
  const contents = (path) =>
    readFileSync(path, "utf8").replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
  return {
    name: "own-addresses",
    setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: contents(path), loader: "ts" })),
  };
}
