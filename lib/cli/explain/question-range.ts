import { CommandError } from "../command.ts";
import type { Checkout } from "../world/world-checkout.ts";

/** The ref that an event is about, and the commits between which it moved. */
export interface Range {
  /** Full: `refs/heads/main`. */
  readonly ref: string;
  /** All zeros where the ref is new. */
  readonly before: string;
  readonly after: string;
  /** Full message of `after`. */
  readonly message: string;
}

export interface RangeOptions {
  readonly ref?: string;
  readonly before?: string;
  readonly after?: string;
}

export const zeros = "0".repeat(40);

/** The push that somebody means: by default what the current branch would send, or has last sent. */
export async function readRange(checkout: Checkout, options: RangeOptions): Promise<Range> {
  const { ref, tip } = options.ref === undefined ? await currentRef(checkout) : await namedRef(checkout, options.ref);
  const isUnsaid = options.before === undefined && options.after === undefined;
  const [after, followed] = await Promise.all([
    needCommit(checkout, options.after ?? tip ?? "HEAD", options.after === undefined ? "--ref" : "--after"),
    isUnsaid && tip !== undefined ? checkout.upstream(ref) : undefined,
  ]);
  const before = options.before === undefined ? await guess() : await readBefore(checkout, options.before);
  return { ref, before, after: after.sha, message: after.message };

  async function guess(): Promise<string> {
    if (tip === undefined || ref.startsWith("refs/tags/")) return zeros;
    const upstream = followed === undefined ? undefined : await checkout.commit(followed);
    return upstream && upstream.sha !== after.sha ? upstream.sha : (after.parents[0] ?? zeros);
  }
}

/** The commit of that name. */
export async function needCommit(checkout: Checkout, name: string, option: string) {
  const commit = await checkout.commit(name);
  if (commit) return commit;
  if (name === "HEAD") throw missing("the repository has no commit yet", checkout.top, "Commit something first.");
  throw missing(
    `there is no commit ${name}`,
    `${option} ${name}`,
    "Name a branch, a tag or a commit of this repository.",
  );
}

interface NamedRef {
  readonly ref: string;
  /** What to read the commit by; undefined where the ref does not exist yet. */
  readonly tip?: string;
}

async function currentRef(checkout: Checkout): Promise<NamedRef> {
  const head = await checkout.head();
  if (head) return { ref: head, tip: "HEAD" };
  return { ref: `refs/heads/${(await checkout.defaultBranch()) ?? "main"}`, tip: "HEAD" };
}

/** A branch before a tag before somebody's remote branch, as a name alone may be any of them; else a branch to come. */
export async function namedRef(checkout: Checkout, name: string, option = "--ref"): Promise<NamedRef> {
  if (/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|^-|\/$|\.lock$/.test(name) || name === "") {
    throw missing(
      `"${name}" is no name of a ref`,
      `${option} ${name}`,
      "Name a branch or a tag, such as main or v1.0.0.",
    );
  }
  if (name.startsWith("refs/")) return (await checkout.commit(name)) ? { ref: name, tip: name } : { ref: name };
  for (const ref of [`refs/heads/${name}`, `refs/tags/${name}`]) {
    if (await checkout.commit(ref)) return { ref, tip: ref };
  }
  const remote = `refs/remotes/origin/${name}`;
  if (await checkout.commit(remote)) return { ref: `refs/heads/${name}`, tip: remote };
  return { ref: `refs/heads/${name}` };
}

/** A full id may be unknown here: the forge may not know it either, and then its rule for that decides. */
async function readBefore(checkout: Checkout, name: string): Promise<string> {
  if (/^0+$/.test(name)) return zeros;
  if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(name)) return name;
  return (await needCommit(checkout, name, "--before")).sha;
}

function missing(what: string, where: string, remedy: string): CommandError {
  return new CommandError(what, { where, remedy, exitCode: 2 });
}
