// Runs a TypeScript program of this folder: node test/gitea/run.mjs <program> [arguments]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const [program, ...argv] = process.argv.slice(2);
const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
// Below node_modules, so that packages are found from there.
const folder = mkdtempSync(join(root, "node_modules", ".gitea-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, "program.mjs");
await build({
  entryPoints: [join(here, `${program}.ts`)],
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  define: { "import.meta.dirname": JSON.stringify(here) },
  outfile,
});
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(argv);
