// What `npm start` installs, counted: packages of the lock that are neither for development nor absent on this platform.
// With --write it writes the figures to docs/packages.md; without, it fails when they have moved away from what stands there,
// and when a program that has to run from those packages alone takes in another one.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { copied, programs } from "../bin/bundle.mjs";

const doc = "docs/packages.md";
/** Sizes differ a little between platforms and package versions of the same number of files. */
const tolerance = 0.1;

function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") bytes += sizeOf(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}

function installed(path) {
  try {
    return [{ path, megabytes: sizeOf(path) / 1e6 }];
  } catch {
    return []; // an optional package of another platform
  }
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const packages = Object.entries(lock.packages)
  .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
  .flatMap(([path]) => installed(path))
  .sort((a, b) => b.megabytes - a.megabytes);
const total = packages.reduce((sum, { megabytes }) => sum + megabytes, 0);

const text = `# What \`npm start\` installs

Written by \`node scripts/runtime-packages.mjs --write\`; \`npm run check\` fails when it is no longer true.

**${packages.length} packages, ${total.toFixed(0)} MB** on Linux x64.

| package | MB |
|---|---|
${packages.map(({ path, megabytes }) => `| ${path.replace("node_modules/", "")} | ${megabytes.toFixed(1)} |`).join("\n")}
`;

if (process.argv.includes("--write")) writeFileSync(doc, text);
const [, count, size] = /\*\*(\d+) packages, (\d+) MB\*\*/.exec(readFileSync(doc, "utf8")) ?? [];
console.log(`runtime packages: ${packages.length}, ${total.toFixed(1)} MB (docs: ${count}, ${size} MB)`);
const moved = Number(count) !== packages.length || Math.abs(total - Number(size)) > Number(size) * tolerance;
if (moved) console.error(`${doc} says otherwise: node scripts/runtime-packages.mjs --write`);
const foreign = await takenInBesides(new Set(packages.map(({ path }) => path)));
if (foreign.length > 0)
  console.error(`a fresh clone could not start: it takes in ${foreign.join(", ")}, a development package`);
process.exitCode = moved || foreign.length > 0 ? 1 : 0;

/** Packages in the programs of one computer; what only commands about AWS need stays outside (bin/bundle.mjs). */
async function takenInBesides(known) {
  const { metafile } = await build({
    ...{ entryPoints: { ...programs, ...copied }, outdir: "unwritten", write: false, bundle: true, metafile: true },
    ...{ platform: "node", format: "esm", logLevel: "error", external: ["libsql", "@aws-sdk/*"] },
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].filter((folder) => !known.has(folder));
}
