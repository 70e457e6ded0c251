import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync, type Metafile } from "esbuild";

interface Bundle {
  readonly code: Uint8Array;
  readonly metafile: Metafile;
}

/** Two functions may have one bundle, and a test makes many stacks. */
const made = new Map<string, Bundle>();

/**
 * Bundles one entry of lambdas/ into `folder`, as `index.js` beside `config.json`.
 *
 * CommonJS, because on Lambda's Node an ES module that loads node:http costs some 15 ms more; `module` before `main`,
 * because the SDK's CommonJS builds are half as big again (docs/benchmarks.md).
 */
export function bundleLambda(entry: string, folder: string, config: unknown): Metafile {
  const bundle = made.get(entry) ?? build(entry);
  made.set(entry, bundle);
  writeFileSync(join(folder, "index.js"), bundle.code);
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  return bundle.metafile;
}

/** The `dayfly` command of machines, as one file that the runner API hands out. A stock Ubuntu brings Node 18. */
export function bundleMachineCommand(folder: string): void {
  const bundle = made.get(machineEntry) ?? build(machineEntry, "node18");
  made.set(machineEntry, bundle);
  writeFileSync(join(folder, "dayfly.cjs"), bundle.code);
}

const machineEntry = "bin/machine.ts";

function build(entry: string, target = "node22"): Bundle {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [entry],
    outfile: "index.js",
    write: false,
    bundle: true,
    platform: "node",
    target,
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry} gave no bundle`);
  return { code: file.contents, metafile };
}
