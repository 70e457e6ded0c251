import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../make-folder.ts";

/** Writes a secret for its owner's eyes alone, without a line end; never over something that is there. */
export async function writeSecret(file: string, secret: string): Promise<void> {
  await makeFolder(dirname(file));
  await writeFile(file, secret, { mode: 0o600, flag: "wx" });
}

/** A file with a secret that signs webhooks: the one that is there, or a new one. */
export async function signingSecret(file: string): Promise<"found" | "made"> {
  if (existsSync(file)) return "found";
  await writeSecret(file, randomBytes(32).toString("hex"));
  return "made";
}

/** A path for a command line that a person may copy. */
export function shellQuoted(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
