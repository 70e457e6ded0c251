import type { Dialect } from "../dialect.ts";
import type { Position, Problem } from "../errors.ts";
import { quote } from "../quote.ts";
import { suggestion } from "../suggestion.ts";
import { type PatternText, readPatterns } from "../trigger/filter.ts";
import { type GithubEvent, githubEvents } from "../webhook/github-events.ts";
import type { Filter, OnReading, Trigger } from "./on.ts";
import type { Entry, Mapping, Scalar, Tree } from "./yaml-tree.ts";

/** `on:` as GitHub reads it: strictly. Whatever it does not know makes the file invalid. */
export function readGithubOn(dialect: Dialect, file: string, on: Tree): OnReading {
  const problems: Problem[] = [];
  const report: Report = (at, text, place = "on") => problems.push({ file, at, place, text });
  const triggers = readEvents(dialect, on, report);
  if (triggers.length === 0 && problems.length === 0) report(on.at, "names no event: nothing can start this workflow");
  return { triggers, problems };
}

type Report = (at: Position, text: string, place?: string) => void;

function readEvents(dialect: Dialect, on: Tree, report: Report): Trigger[] {
  if (on.kind === "mapping") return on.entries.map((entry) => readEvent(dialect, entry, report));
  const names = on.kind === "sequence" ? on.items : isNull(on) ? [] : [on];
  return names.flatMap((name) => {
    if (name.kind === "scalar") checkEvent(name.source, name.at, report);
    else report(name.at, "an event's name has to be text");
    return name.kind === "scalar" ? [{ event: name.source, at: name.at, filters: [], isSchedule: false }] : [];
  });
}

function checkEvent(event: string, at: Position, report: Report): GithubEvent | undefined {
  const known = Object.hasOwn(githubEvents, event) ? githubEvents[event] : undefined;
  if (!known) report(at, `GitHub has no event ${quote(event)}${suggestion(event, Object.keys(githubEvents))}`);
  return known;
}

function readEvent(dialect: Dialect, { key: event, keyAt: at, value }: Entry, report: Report): Trigger {
  const place = `on.${event.slice(0, 60)}`;
  const known = checkEvent(event, at, report);
  const trigger: Trigger = { event, at, filters: [], isSchedule: false };
  if (!known) return trigger;
  if (event === "schedule") return { ...trigger, isSchedule: readSchedule(value, report) };
  if (isNull(value)) return trigger;
  const keys = [...(known.types ? ["types"] : []), ...(known.filters ?? [])];
  if (keys.length === 0) report(value.at, "takes no filters", place);
  else if (value.kind !== "mapping") report(value.at, `has to be empty or a mapping with ${keys.join(", ")}`, place);
  else return { ...trigger, filters: readFilters(dialect, { event, known, keys, place }, value, report) };
  return trigger;
}

/** At least one point in time? */
function readSchedule(value: Tree, report: Report): boolean {
  if (value.kind !== "sequence") {
    report(value.at, "has to be a list such as `- cron: '0 3 * * *'`", "on.schedule");
    return false;
  }
  for (const item of value.items) {
    const cron = item.kind === "mapping" ? item.entries.find(({ key }) => key === "cron") : undefined;
    if (!cron) report(item.at, "has to be a mapping with `cron:`", "on.schedule");
    else if (cron.value.kind !== "scalar" || cron.value.source === "") {
      report(cron.value.at, "has to be text", "on.schedule.cron");
    }
  }
  return value.items.length > 0;
}

interface EventPlace {
  readonly event: string;
  readonly known: GithubEvent;
  readonly keys: readonly string[];
  readonly place: string;
}

function readFilters(dialect: Dialect, { known, keys, place }: EventPlace, value: Mapping, report: Report): Filter[] {
  const filters: Filter[] = [];
  for (const { key, keyAt, value: wanted } of value.entries) {
    if (!keys.includes(key)) {
      report(keyAt, `takes no ${quote(key)}${suggestion(key, keys)}`, place);
    } else if (!["inputs", "secrets", "outputs"].includes(key)) {
      const values = readTexts(wanted, `${place}.${key}`, report);
      if (key === "types") checkTypes(values, known, place, report);
      if (key === "types" || key === "workflows") filters.push({ key, at: keyAt, values });
      else filters.push(readPatternFilter(dialect, key, keyAt, values, place, report));
    }
  }
  checkPairs(filters, place, report);
  return filters;
}

function readPatternFilter(
  dialect: Dialect,
  key: string,
  at: Position,
  values: readonly PatternText[],
  place: string,
  report: Report,
): Filter {
  const list = readPatterns(dialect, values);
  for (const { kind, text, at: where, why } of list.refused) {
    if (kind === "invalid") report(where, `GitHub refuses the pattern ${quote(text)}: ${why}`, `${place}.${key}`);
  }
  return { key, at, values, list };
}

/** One text or a list of them, none of them empty; numbers are printed as GitHub does: 1.10 is "1.1". */
function readTexts(value: Tree, place: string, report: Report): PatternText[] {
  const items = value.kind === "sequence" ? value.items : [value];
  return items.flatMap((item) => {
    if (item.kind === "scalar" && textOf(item) !== "") return [{ text: textOf(item), at: item.at }];
    report(item.at, item.kind === "scalar" ? "cannot be empty" : "has to be text", place);
    return [];
  });
}

function textOf({ value, source }: Scalar): string {
  return value === null ? "" : typeof value === "string" ? source : String(value);
}

function checkTypes(values: readonly PatternText[], { types }: GithubEvent, place: string, report: Report): void {
  if (!types || types === "any") return;
  for (const { text, at } of values) {
    if (!types.includes(text)) report(at, `has no activity type ${quote(text)}${suggestion(text, types)}`, place);
  }
}

/** An include list and its ignore list exclude each other. */
function checkPairs(filters: readonly Filter[], place: string, report: Report): void {
  for (const { key } of filters) {
    const ignore = filters.find((other) => other.key === `${key}-ignore`);
    if (ignore)
      report(ignore.at, `cannot have both "${key}" and "${ignore.key}": use "${key}" with "!" patterns`, place);
  }
}

function isNull(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}
