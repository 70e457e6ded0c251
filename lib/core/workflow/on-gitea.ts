import { type Dialect, giteaFrom } from "../dialect.ts";
import type { Position, Problem } from "../errors.ts";
import { quote } from "../quote.ts";
import { type PatternText, readPatterns } from "../trigger/filter.ts";
import type { Filter, OnReading, Trigger } from "./on.ts";
import type { Entry, Mapping, Scalar, Tree } from "./yaml-tree.ts";

/**
 * `on:` as Gitea reads it: lenient about words it does not know, strict about shapes.
 *
 * @source Gitea, jobparser `ParseRawOn` (1.23 to 1.27); reference cases from running servers 1.25.4 and 1.26.3
 */
export function readGiteaOn(dialect: Dialect, file: string, on: Tree): OnReading {
  const problems: Problem[] = [];
  const report: Report = (at, text) => problems.push({ file, at, place: "on", text });
  const triggers = readEvents(dialect, on, report);
  return { triggers, problems };
}

type Report = (at: Position, text: string) => void;

const patternKeys = ["branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "workflows"];

function readEvents(dialect: Dialect, on: Tree, report: Report): Trigger[] {
  if (refusesAlias(dialect, on)) {
    report(on.at, "Gitea does not read a YAML alias here");
    return [];
  }
  if (on.kind === "scalar") return [plain(on.value === null ? "" : on.source, on.at)];
  if (on.kind === "mapping") return on.entries.flatMap((entry) => readEvent(dialect, entry, report));
  return on.items.flatMap((item) => {
    if (item.kind === "scalar" && typeof item.value === "string") return [plain(item.value, item.at)];
    report(item.at, "an event's name has to be text");
    return [];
  });
}

/** Before 1.27.3 Gitea looks at this part of the file without its aliases. */
function refusesAlias(dialect: Dialect, tree: Tree): boolean {
  return tree.alias !== undefined && !giteaFrom(dialect, 1, 27, 3);
}

function plain(event: string, at: Position): Trigger {
  return { event, at, filters: [], isSchedule: false };
}

function readEvent(dialect: Dialect, { key: event, keyAt, value }: Entry, report: Report): Trigger[] {
  // From 1.26 on it is read where another workflow calls this one.
  if (event === "workflow_call" && giteaFrom(dialect, 1, 26)) return [plain(event, keyAt)];
  if (refusesAlias(dialect, value)) {
    report(value.at, "Gitea does not read a YAML alias here");
    return [];
  }
  if (value.kind === "scalar") return [plain(event, keyAt)];
  if (value.kind === "mapping") return [readFilters(dialect, event, keyAt, value, report)];
  if (event === "schedule") for (const item of value.items) checkSchedule(item, report);
  return [{ event, at: keyAt, filters: [], isSchedule: value.items.length > 0 }];
}

function checkSchedule(item: Tree, report: Report): void {
  if (item.kind !== "mapping") {
    report(item.at, "a schedule has to be a mapping such as `cron: '0 3 * * *'`");
    return;
  }
  for (const { key, value } of item.entries) {
    if (value.kind !== "scalar" || typeof value.value !== "string") report(value.at, `${quote(key)} has to be text`);
  }
}

function readFilters(dialect: Dialect, event: string, at: Position, value: Mapping, report: Report): Trigger {
  // rule last-filter-counts [filters.set(entry.key, filter) → filters.set(`${filters.size}`, filter)]: of two with one name
  const keep = (entry: Entry, filter: Filter) => filters.set(entry.key, filter);
  const filters = new Map<string, Filter>();
  for (const entry of value.entries) {
    const filter = readFilter(dialect, event, entry, report);
    if (filter) keep(entry, filter);
  }
  return { event, at, filters: [...filters.values()], isSchedule: false };
}

function readFilter(dialect: Dialect, event: string, { key, keyAt, value }: Entry, report: Report): Filter | undefined {
  if (refusesAlias(dialect, value)) {
    report(value.at, "Gitea does not read a YAML alias here");
    return undefined;
  }
  if (value.kind === "mapping") {
    if (event === "workflow_dispatch" && key === "inputs") checkInputs(value, report);
    else report(value.at, `${quote(key)} has to be a list, not a mapping`);
    return undefined;
  }
  const values = value.kind === "scalar" ? [textOf(value)] : readList(value.items, report);
  if (!patternKeys.includes(key)) return { key, at: keyAt, values };
  return { key, at: keyAt, values, list: readPatterns(dialect, values) };
}

/** A null alone is an empty text; in a list it is left out. */
function readList(items: readonly Tree[], report: Report): PatternText[] {
  const texts: PatternText[] = [];
  for (const item of items) {
    if (item.kind !== "scalar") report(item.at, "has to be text");
    else if (item.value !== null) texts.push(textOf(item));
  }
  return texts;
}

function textOf({ value, source, at }: Scalar): PatternText {
  return { text: value === null ? "" : source, at };
}

/** The parts of a manual start's inputs that Gitea insists on. */
function checkInputs(inputs: Mapping, report: Report): void {
  for (const { key, value } of inputs.entries) {
    if (value.kind !== "mapping" || value.alias !== undefined) {
      report(value.at, `the input ${quote(key)} has to be a mapping`);
      continue;
    }
    for (const field of value.entries) checkInputField(field, report);
  }
}

function checkInputField({ key, value }: Entry, report: Report): void {
  const isNull = value.kind === "scalar" && value.value === null;
  if (key === "required") {
    if (!isNull && !isGoBoolean(value)) report(value.at, "`required` has to be true or false");
  } else if (key === "options") {
    if (!isNull && (value.kind !== "sequence" || value.items.some(({ kind }) => kind !== "scalar")))
      report(value.at, "`options` has to be a list of texts");
  } else if (["name", "description", "default", "type"].includes(key) && value.kind !== "scalar") {
    report(value.at, `${quote(key)} has to be text`);
  }
}

/** Where Go's YAML reader wants a boolean, it also takes the words of YAML 1.1. */
function isGoBoolean(value: Tree): boolean {
  if (value.kind !== "scalar") return false;
  if (typeof value.value === "boolean") return true;
  return !value.quoted && /^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/.test(value.source);
}
