import type { OnSummary } from "./on-summary.ts";

/** What an edit of `on:` changes, in words: `push: docs/** no longer builds`. */
export function diffOn(before: OnSummary, after: OnSummary): readonly string[] {
  const texts: string[] = [];
  for (const [event, filters] of after) {
    const old = before.get(event);
    if (!old) texts.push(`${event} starts it now${describe(filters)}`);
    else texts.push(...diffFilters(event, old, filters));
  }
  for (const event of before.keys()) if (!after.has(event)) texts.push(`${event} no longer starts it`);
  return texts;
}

type Filters = ReadonlyMap<string, readonly string[]>;

/** How to speak of what a filter lets in. */
interface Words {
  readonly noun: string;
  readonly does: string;
  readonly not: string;
  readonly every: string;
}

const starts = { does: "starts it", not: "no longer starts it" };
const words: Readonly<Record<string, Words>> = {
  paths: { noun: "", does: "builds", not: "no longer builds", every: "every path" },
  branches: { noun: "branch ", ...starts, every: "every branch" },
  tags: { noun: "tag ", ...starts, every: "every tag" },
  types: { noun: "type ", ...starts, every: "the default types" },
  cron: { noun: "schedule ", ...starts, every: "no schedule" },
  workflows: { noun: "workflow ", ...starts, every: "every workflow" },
};

function diffFilters(event: string, before: Filters, after: Filters): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old && now && same(old, now)) return [];
    const spoken = words[name.replace(/-ignore$/, "")];
    if (!spoken) return [`${event}: ${name || "its value"} changes`];
    const texts = name.endsWith("-ignore") ? diffIgnored(spoken, old ?? [], now ?? []) : diffIncluded(spoken, old, now);
    return texts.map((text) => `${event}: ${text}`);
  });
}

/** The last pattern that matches decides, `!` takes out; without the list everything is in. */
function diffIncluded(
  spoken: Words,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): string[] {
  if (!after) return [`${spoken.every} ${spoken.does} now, not only ${before?.join(", ")}`];
  if (!before) return [`only ${spoken.noun}${after.join(", ")} ${spoken.does} now, not ${spoken.every}`];
  const texts = [
    ...added(before, after).map((pattern) =>
      pattern.startsWith("!") ? out(spoken, pattern.slice(1)) : isIn(spoken, pattern),
    ),
    ...added(after, before).map((pattern) =>
      pattern.startsWith("!") ? isIn(spoken, pattern.slice(1)) : out(spoken, pattern),
    ),
  ];
  return texts.length > 0 ? texts : [`the order of its patterns changes: ${after.join(", ")}`];
}

function diffIgnored(spoken: Words, before: readonly string[], after: readonly string[]): string[] {
  return [
    ...added(before, after).map((pattern) => out(spoken, pattern)),
    ...added(after, before).map((pattern) => isIn(spoken, pattern)),
  ];
}

function isIn({ noun, does }: Words, pattern: string): string {
  return `${noun}${pattern} ${does} now`;
}

function out({ noun, not }: Words, pattern: string): string {
  return `${noun}${pattern} ${not}`;
}

function describe(filters: Filters): string {
  const texts = [...filters].map(([name, list]) => `${name}${name ? " " : ""}${list.join(", ")}`);
  return texts.length > 0 ? ` (${texts.join("; ")})` : "";
}

function added(before: readonly string[], after: readonly string[]): readonly string[] {
  return after.filter((pattern) => !before.includes(pattern));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((pattern, index) => pattern === b[index]);
}
