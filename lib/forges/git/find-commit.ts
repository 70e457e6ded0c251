import { readObjects } from "./objects.ts";

export interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly parents: readonly string[];
}

/**
 * The commit that a name stands for, tags peeled; undefined where there is none.
 *
 * @param name an id, `HEAD`, a branch, `refs/tags/v1`, `main~2`: whatever git resolves
 */
export async function findCommit(directory: string, name: string): Promise<Commit | undefined> {
  return (await findCommits(directory, [name]))[0];
}

/** The same for several names, in their order, with one call of git. */
export async function findCommits(
  directory: string,
  names: readonly string[],
): Promise<readonly (Commit | undefined)[]> {
  const objects = await readObjects(
    directory,
    names.map((name) => `${name}^{commit}`),
  );
  return objects.map((object) =>
    object?.type === "commit" ? { sha: object.id, ...parseCommit(object.content.toString("utf8")) } : undefined,
  );
}

/** The content of a commit object. */
export function parseCommit(text: string): Omit<Commit, "sha"> {
  const end = text.indexOf("\n\n");
  const headers = (end < 0 ? text : text.slice(0, end)).split("\n");
  const parents = headers.filter((line) => line.startsWith("parent ")).map((line) => line.slice("parent ".length));
  return { message: end < 0 ? "" : text.slice(end + 2), parents };
}
