import { isZero } from "../../core/event.ts";
import { isObjectId } from "../../core/git-command.ts";
import { branchBase } from "./changed-files.ts";
import { findCommit } from "./find-commit.ts";
import { runGit } from "./run-git.ts";
import { type NotedPush, notePushes } from "./spool.ts";

/** One line of what git gives to a post-receive hook. */
export interface RefUpdate {
  readonly before: string;
  readonly after: string;
  readonly ref: string;
}

/** More refs than this in one push is a mirror, not a change: git keeps them, we start nothing for the rest. */
const maxUpdates = 1000;

/** Branches and tags of `<old> <new> <ref>` lines; nothing runs on notes and other refs. */
export function parseUpdates(text: string): readonly RefUpdate[] {
  const updates: RefUpdate[] = [];
  for (const line of text.split("\n")) {
    const [before = "", after = "", ref = ""] = line.split(" ");
    const isOurs = ref.startsWith("refs/heads/") || ref.startsWith("refs/tags/");
    if (isOurs && isObjectId(before) && isObjectId(after)) updates.push({ before, after, ref });
  }
  return updates;
}

export interface Pushed {
  readonly repository: { readonly id: string; readonly name: string };
  readonly sender: string;
  readonly at: number;
}

/** Notes what a push changed. `left`: updates beyond what we note. */
export async function noteUpdates(
  directory: string,
  updates: readonly RefUpdate[],
  pushed: Pushed,
): Promise<{ noted: readonly NotedPush[]; left: number }> {
  const taken = updates.slice(0, maxUpdates);
  const known = taken.some(isNewBranch) ? await refsBefore(directory, updates) : [];
  const tagCount = updates.filter(isTag).length;
  const notes = [];
  for (const update of taken) {
    const { before, after, ref } = update;
    const base = isNewBranch(update) ? { base: await baseText(directory, after, known) } : {};
    const tags = isTag(update) ? { tags: tagCount } : {};
    notes.push({ ...pushed, ref, before, after: await peel(directory, update), ...base, ...tags });
  }
  return { noted: notePushes(directory, notes), left: updates.length - taken.length };
}

function isNewBranch({ ref, before, after }: RefUpdate): boolean {
  return ref.startsWith("refs/heads/") && isZero(before) && !isZero(after);
}

function isTag({ ref }: RefUpdate): boolean {
  return ref.startsWith("refs/tags/");
}

/** What the repository knew before this push: the refs that it left alone, and the old values of those it moved. */
async function refsBefore(directory: string, updates: readonly RefUpdate[]): Promise<readonly string[]> {
  const moved = new Set(updates.map(({ ref }) => ref));
  const { stdout } = await runGit(directory, { argv: ["for-each-ref", "--format=%(objectname) %(refname)"] });
  const known = updates.map(({ before }) => before).filter((id) => !isZero(id));
  for (const line of stdout.toString("utf8").split("\n")) {
    const [id = "", ref = ""] = line.split(" ");
    if (isObjectId(id) && !moved.has(ref)) known.push(id);
  }
  return known;
}

async function baseText(directory: string, after: string, known: readonly string[]): Promise<string> {
  const base = await branchBase(directory, after, known);
  return base.kind === "commit" ? base.sha : base.kind;
}

/** An annotated tag is an object of its own; what runs is the commit that it names. */
async function peel(directory: string, { ref, after }: RefUpdate): Promise<string> {
  if (!ref.startsWith("refs/tags/") || isZero(after)) return after;
  return (await findCommit(directory, after))?.sha ?? after;
}
