import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync, type Metafile } from "esbuild";

/**
 * Bundles one entry of lambdas/ into `folder`, as `index.js` beside `config.json`.
 *
 * CommonJS, because on Lambda's Node an ES module that loads node:http costs some 15 ms more; `module` before `main`,
 * because the SDK's CommonJS builds are half as big again (docs/benchmarks.md).
 */
export function bundleLambda(entry: string, folder: string, config: unknown): Metafile {
  const { metafile } = buildSync({
    entryPoints: [entry],
    outfile: join(folder, "index.js"),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  });
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  return metafile;
}
