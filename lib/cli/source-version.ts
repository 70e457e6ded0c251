import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { ConfigFile } from "../core/config/config-file.ts";

/** What goes to AWS: the functions, what they are made of, and what machines boot. */
const deployed = ["lambdas", "lib/app", "lib/aws", "lib/core", "lib/forges", "lib/stack", "runner-ami"];

/** Twelve digits that change whenever something changes which a deployed stack is made of. */
export function sourceVersion(checkout: string): string {
  const hash = createHash("sha256");
  const files = deployed.flatMap((folder) => filesBelow(join(checkout, folder)));
  for (const file of files.sort())
    hash
      .update(`${relative(checkout, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex").slice(0, 12);
}

/** The same for what dayfly.yaml says; comments and order of keys apart. */
export function configVersion(file: ConfigFile): string {
  return createHash("sha256").update(JSON.stringify(file)).digest("hex").slice(0, 12);
}

function filesBelow(folder: string): readonly string[] {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name));
}
