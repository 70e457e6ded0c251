import { WorldError } from "../../core/errors.ts";
import { runGit } from "./run-git.ts";

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

/**
 * Reads many objects in one call.
 *
 * Names go in by standard input, one a line, so none of them can be taken for an option.
 *
 * @param names anything that git resolves: ids, `HEAD`, `refs/heads/x^{commit}`; those with control characters exist nowhere
 * @returns in the order asked; undefined where nothing has that name
 */
export async function readObjects(
  directory: string,
  names: readonly string[],
): Promise<readonly (GitObject | undefined)[]> {
  const possible = names.filter(isOneLine);
  if (possible.length === 0) return names.map(() => undefined);
  const { stdout } = await runGit(directory, {
    argv: ["cat-file", "--batch"],
    input: possible.map((name) => `${name}\n`).join(""),
  });
  const found = parseBatch(stdout, possible);
  return names.map((name) => found.get(name));
}

function isOneLine(name: string): boolean {
  return name !== "" && !/\p{Cc}/u.test(name);
}

/** `<id> <type> <size>\n<content>\n` for each name, or `<name> missing\n`. */
function parseBatch(output: Buffer, names: readonly string[]): Map<string, GitObject> {
  const found = new Map<string, GitObject>();
  let at = 0;
  for (const name of names) {
    const end = output.indexOf(0x0a, at);
    if (end < 0) throw new WorldError("git cat-file ended in the middle of its answer", { retryable: true });
    const header = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(output.toString("utf8", at, end));
    at = end + 1;
    if (!header?.[1] || !header[2]) continue;
    const size = Number(header[3]);
    found.set(name, { id: header[1], type: header[2], content: output.subarray(at, at + size) });
    at += size + 1;
  }
  return found;
}
