import { type Dialect, giteaFrom } from "../dialect.ts";
import type { Position } from "../errors.ts";
import { resolve, toData } from "../workflow/tree-value.ts";
import { entryOf, hasTwins } from "../workflow/workflow.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import { interpolate, type Scope } from "./expression.ts";
import { namesOf } from "./value.ts";

export type RunsOn =
  /** What a runner must own, and the group that it must belong to where that is no label (GitHub). */
  | { readonly kind: "labels"; readonly labels: readonly string[]; readonly group?: string }
  | { readonly kind: "unknown"; readonly at: Position; readonly names: readonly string[] }
  /** The forge makes no run of the file. */
  | { readonly kind: "invalid"; readonly at: Position; readonly text: string };

/** The labels of one job, in its file's order and spelling. */
export function readRunsOn(dialect: Dialect, runsOn: Tree | undefined, scope: Scope): RunsOn {
  if (dialect.forge === "gitea") return forGitea(dialect, runsOn, scope);
  if (!runsOn) return { kind: "labels", labels: [] };
  return forGithub(runsOn, scope);
}

/**
 * Gitea appends the group to the labels, and before 1.27 lets what it cannot evaluate be an empty label, which no runner has.
 * Without `runs-on`, and with one that it cannot read, there are no labels, and every runner will do.
 */
function forGitea(dialect: Dialect, runsOn: Tree | undefined, scope: Scope): RunsOn {
  const labels: string[] = [];
  const at = runsOn?.at ?? { line: 1, column: 1 };
  for (const text of giteaTexts(dialect, runsOn)) {
    const label = interpolate(text, scope);
    if (label.kind === "known") labels.push(label.data.coerceString());
    else if (label.kind !== "error") return { kind: "unknown", at, names: namesOf(label) };
    else if (giteaFrom(dialect, 1, 27)) return { kind: "invalid", at, text: label.text };
    else labels.push("");
  }
  return { kind: "labels", labels };
}

function giteaTexts(dialect: Dialect, runsOn: Tree | undefined): readonly string[] {
  // rule aliases-of-runs-on: before 1.27.3 Gitea sees the alias, not what it names
  if (runsOn?.alias !== undefined && !giteaFrom(dialect, 1, 27, 3)) return [];
  if (runsOn?.kind !== "mapping") return scalarTexts(runsOn);
  // rule runs-on-twice: what cannot be read is no label
  if (hasTwins(runsOn)) return [];
  const group = entryOf(runsOn, "group")?.value;
  // rule group-of-gitea: what is no text takes the labels with it
  if (group && group.kind !== "scalar") return [];
  const name = group ? scalarText(group) : "";
  const labels = entryOf(runsOn, "labels")?.value;
  const isSeen = labels?.alias === undefined || giteaFrom(dialect, 1, 27, 3);
  return [...(isSeen ? scalarTexts(labels) : []), ...(name === "" ? [] : [name])];
}

function scalarTexts(tree: Tree | undefined): readonly string[] {
  if (!tree || tree.kind === "mapping") return [];
  if (tree.kind === "scalar") return [scalarText(tree)];
  const scalars = tree.items.filter((item) => item.kind === "scalar");
  // rule labels-of-texts: a list in a list of labels leaves none
  if (scalars.length < tree.items.length) return [];
  // An empty value in a list is left out; as the whole of runs-on it is an empty label.
  // rule empty-values-in-lists [value !== null → true]: are left out
  return scalars.filter(({ value }) => value !== null).map(scalarText);
}

/** A number keeps its spelling: 1.50. */
function scalarText(tree: Extract<Tree, { kind: "scalar" }>): string {
  return tree.value === null ? "" : tree.source;
}

function forGithub(runsOn: Tree, scope: Scope): RunsOn {
  const resolved = resolve(runsOn, scope);
  if (resolved.kind === "unknown") return resolved;
  if (resolved.kind === "error") return { ...resolved, kind: "invalid" };
  const { tree } = resolved;
  if (tree.kind !== "mapping") return githubLabels(tree);

  // rule keys-of-runs-on [key !== "group" && key !== "labels" → false]: GitHub knows these two
  const stranger = tree.entries.find(({ key }) => key !== "group" && key !== "labels");
  if (stranger) return { kind: "invalid", at: stranger.keyAt, text: `runs-on has no key "${stranger.key}"` };
  const group = entryOf(tree, "group")?.value;
  const labels = entryOf(tree, "labels")?.value;
  const read = labels ? githubLabels(labels) : ({ kind: "labels", labels: [] } as const);
  if (!group || read.kind !== "labels") return read;
  const name = group.kind === "scalar" ? toData(group).coerceString() : "";
  const [prefix, rest] = name.split("/", 2);
  // rule group-prefixes, item by item: that GitHub takes before a group's name
  const known = ["org", "organization", "ent", "enterprise"];
  if (
    name === "" ||
    name.split("/").length > 2 ||
    (rest !== undefined && (rest === "" || !known.includes(prefix ?? "")))
  ) {
    return { kind: "invalid", at: group.at, text: `"${name}" is no name of a runner group` };
  }
  return { ...read, group: name };
}

/** A set: the same label in another case is the same label. */
function githubLabels(tree: Tree): RunsOn {
  const items = tree.kind === "sequence" ? tree.items : [tree];
  const labels = new Map<string, string>();
  for (const item of items) {
    const label = item.kind === "scalar" ? toData(item).coerceString() : "";
    // rule labels-are-texts: GitHub refuses an empty one
    if (label === "")
      return { kind: "invalid", at: item.at, text: "a label of runs-on has to be a text that is not empty" };
    // rule labels-are-a-set: GitHub counts a label once, whatever its case
    if (!labels.has(label.toLowerCase())) labels.set(label.toLowerCase(), label);
  }
  return { kind: "labels", labels: [...labels.values()] };
}
