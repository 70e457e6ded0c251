import type { ChangedFiles } from "../core/trigger/trigger-input.ts";

/** One line of a git tree. */
export interface TreeEntry {
  /** Name within its tree; in a recursive listing the path below it. */
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
}

export interface TreeReader {
  /** The entries of one tree, named by a commit or by its own id; undefined where there is none. */
  entries(id: string): Promise<readonly TreeEntry[] | undefined>;
  /** Everything below a tree, subtrees themselves left out; `too-many` where that would take too long. */
  files(id: string): Promise<readonly TreeEntry[] | "too-many" | undefined>;
}

/** More directories than this one by one would be more calls than listing both trees as a whole. */
const MAX_DIRECTORIES = 24;

interface Pair {
  readonly path: string;
  readonly before?: TreeEntry;
  readonly after?: TreeEntry;
}

/** Paths, each one once. */
interface Found {
  readonly gone: string[];
  readonly added: string[];
  readonly changed: string[];
}

export type TreeDifference = ({ readonly kind: "files" } & Found) | Extract<ChangedFiles, { kind: "undecidable" }>;

/**
 * The paths in which two commits' trees differ, as `git diff-tree -r --name-only before after` prints them:
 * mode and submodule changes included, no rename detection.
 */
export async function changedPaths(reader: TreeReader, before: string, after: string): Promise<ChangedFiles> {
  const found = await treeDifference(reader, before, after);
  return found.kind === "files"
    ? { kind: "files", paths: [...found.gone, ...found.added, ...found.changed].sort() }
    : found;
}

/**
 * The same paths, told apart by what became of them.
 *
 * Descends only where tree ids differ, so its cost is the number of differing directories.
 */
export async function treeDifference(reader: TreeReader, before: string, after: string): Promise<TreeDifference> {
  const [old, now] = await Promise.all([reader.entries(before), reader.entries(after)]);
  if (!old) return { kind: "undecidable", cause: "base-gone", text: "the commit before the push is gone" };
  if (!now) return { kind: "undecidable", cause: "unavailable", text: "the forge has no such commit" };

  const found: Found = { gone: [], added: [], changed: [] };
  let directories = 0;
  let open = differing("", old, now, found);
  while (open.length > 0) {
    directories += open.length;
    if (directories > MAX_DIRECTORIES) return wholeTrees(reader, before, after);
    const below = await Promise.all(open.map((pair) => descend(reader, pair)));
    if (below.includes(undefined)) return wholeTrees(reader, before, after);
    open = below.flatMap((listing) =>
      listing ? differing(`${listing.path}/`, listing.before, listing.after, found) : [],
    );
  }
  return { kind: "files", ...found };
}

/** Notes the paths of differing files, and hands back the directories that differ below. */
function differing(
  prefix: string,
  before: readonly TreeEntry[],
  after: readonly TreeEntry[],
  found: Found,
): readonly Pair[] {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const now = new Map(after.map((entry) => [entry.path, entry]));
  const directories: Pair[] = [];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(name), now.get(name)];
    if (was && is && was.sha === is.sha && was.mode === is.mode) continue;
    const [wasTree, isTree] = [was?.type === "tree", is?.type === "tree"];
    // A file that became a directory is both: a path that is gone, and new ones below it.
    const [wasFile, isFile] = [was && !wasTree, is && !isTree];
    if (wasFile && isFile) found.changed.push(prefix + name);
    else if (wasFile) found.gone.push(prefix + name);
    else if (isFile) found.added.push(prefix + name);
    if (wasTree || isTree) {
      directories.push({
        path: prefix + name,
        ...(wasTree && was ? { before: was } : {}),
        ...(isTree && is ? { after: is } : {}),
      });
    }
  }
  return directories;
}

interface Listing {
  readonly path: string;
  readonly before: readonly TreeEntry[];
  readonly after: readonly TreeEntry[];
}

async function descend(reader: TreeReader, { path, before, after }: Pair): Promise<Listing | undefined> {
  const [old, now] = await Promise.all([
    before ? reader.entries(before.sha) : [],
    after ? reader.entries(after.sha) : [],
  ]);
  return old && now ? { path, before: old, after: now } : undefined;
}

async function wholeTrees(reader: TreeReader, before: string, after: string): Promise<TreeDifference> {
  const [old, now] = await Promise.all([reader.files(before), reader.files(after)]);
  if (!old) return { kind: "undecidable", cause: "base-gone", text: "the commit before the push is gone" };
  if (!now) return { kind: "undecidable", cause: "unavailable", text: "the forge has no such commit" };
  if (old === "too-many" || now === "too-many") {
    return { kind: "undecidable", cause: "too-many", text: "the repository has more files than can be listed" };
  }
  const found: Found = { gone: [], added: [], changed: [] };
  differing("", old, now, found);
  return { kind: "files", ...found };
}
