import { toPlain } from "../workflow/tree-value.ts";
import type { Mapping, Tree } from "../workflow/yaml-tree.ts";

/** What starts a workflow, as written: for each event its filters, each a list of texts. */
export type OnSummary = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Reads `on:` in any of its forms, for comparing and checking; whether it fires is decided elsewhere. */
export function summarizeOn(on: Tree): OnSummary {
  if (on.kind === "scalar") return new Map([[on.source, new Map()]]);
  if (on.kind === "sequence") return new Map(on.items.map((item) => [textOf(item), new Map()]));
  return new Map(on.entries.map(({ key, value }) => [key, filtersOf(key, value)]));
}

function filtersOf(event: string, value: Tree): ReadonlyMap<string, readonly string[]> {
  if (value.kind === "mapping") return new Map(value.entries.map((entry) => [entry.key, listOf(entry.value)]));
  if (value.kind === "scalar") return new Map();
  const crons = value.items.flatMap((item) => (item.kind === "mapping" ? cronOf(item) : [textOf(item)]));
  return new Map([[event === "schedule" ? "cron" : "", crons]]);
}

function cronOf(item: Mapping): readonly string[] {
  return item.entries.filter(({ key }) => key === "cron").map(({ value }) => textOf(value));
}

function listOf(value: Tree): readonly string[] {
  return value.kind === "sequence" ? value.items.map(textOf) : [textOf(value)];
}

function textOf(tree: Tree): string {
  return tree.kind === "scalar" ? tree.source : JSON.stringify(toPlain(tree));
}
