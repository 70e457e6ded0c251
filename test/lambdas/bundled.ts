import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { bundleLambda } from "../../lib/stack/bundle.ts";

export interface Bundled {
  readonly folder: string;
  readonly file: string;
  readonly metafile: Metafile;
  remove(): void;
}

/** One function as the stack uploads it. */
export function bundled(entry: string, config: unknown): Bundled {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-lambda-"));
  const metafile = bundleLambda(entry, folder, config);
  return { folder, file: join(folder, "index.js"), metafile, remove: () => rmSync(folder, { recursive: true }) };
}

/** SDK clients and other packages that went into a bundle. */
export function packagesIn({ metafile }: Bundled): readonly string[] {
  const names = Object.keys(metafile.inputs).flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}
