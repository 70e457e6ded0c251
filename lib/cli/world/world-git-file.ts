import { runGit } from "../../forges/git/run-git.ts";

/** A file of this checkout as it is at a ref. `ref` and `file` begin with a letter, digit or underscore: git takes neither for an option. */
export async function fileAt(folder: string, ref: string, file: string): Promise<string> {
  const { stdout } = await runGit(folder, { argv: ["cat-file", "blob", `${ref}:${file}`] });
  return stdout.toString("utf8");
}
