import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Mutant } from "./mutants.ts";

const root = resolve(import.meta.dirname, "../..");

/** A module of tests, such as a simulator, over our code with one edit in it. @param entry below test/simulation */
export async function mutated<Module>(folder: string, entry: string, mutant: Mutant): Promise<Module> {
  const { name, file, find, replace } = mutant;
  const outfile = join(folder, `${name.replaceAll(/\W/g, "-")}.mjs`);
  await build({
    entryPoints: [join(root, "test/simulation", entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "error",
    plugins: [
      {
        name: "mutate",
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === join(root, file)
              ? { contents: readFileSync(path, "utf8").replace(find, () => replace), loader: "ts" }
              : undefined,
          );
        },
      },
    ],
  });
  return (await import(pathToFileURL(outfile).href)) as Module;
}
