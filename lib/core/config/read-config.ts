import { distance } from "fastest-levenshtein";
import * as z from "zod";
import type { Position, Problem } from "../errors.ts";
import { readUniqueYaml } from "../workflow/read-yaml.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import { ConfigFile } from "./config-file.ts";
import { type BrokenRule, brokenRules } from "./config-rules.ts";

export type ConfigReading =
  | { readonly kind: "config"; readonly file: ConfigFile; readonly place: (rule: BrokenRule) => Problem }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/**
 * Reads the text of a dayfly.yaml: all problems at once, each with its line; an unknown key with the nearest known one.
 * `place` gives the line to a problem that a caller finds later (config-on-aws.ts).
 */
export function readConfig(name: string, text: string): ConfigReading {
  const yaml = readUniqueYaml(name, text);
  if (yaml.kind === "invalid") return yaml;
  if (yaml.kind === "too-big") return { kind: "invalid", problems: [{ file: name, text: yaml.reason.text }] };

  const place = placer(name, yaml.root);
  const parsed = ConfigFile.safeParse(isEmpty(yaml.root) ? {} : plain(yaml.root), { reportInput: true });
  if (!parsed.success) {
    return { kind: "invalid", problems: parsed.error.issues.flatMap((issue) => explain(issue).map(place)) };
  }
  const broken = brokenRules(parsed.data);
  if (broken.length > 0) return { kind: "invalid", problems: broken.map(place) };
  return { kind: "config", file: parsed.data, place };
}

function isEmpty(root: Tree): boolean {
  return root.kind === "scalar" && root.value === null;
}

function plain(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "sequence") return tree.items.map(plain);
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]));
}

function explain(issue: z.core.$ZodIssue): BrokenRule[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], text: `no such key${nearest(key, knownKeys(path))}` }));
  }
  if (issue.code === "invalid_union") {
    const last = issue.errors.at(-1)?.[0];
    return [{ path, text: last ? sentence(last.message) : sentence(issue.message) }];
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    const what = describe(path);
    return [{ path, text: `is missing${what && `: ${what}`}` }];
  }
  return [{ path, text: sentence(issue.message) }];
}

/** zod's messages begin with a capital and `Invalid input: `; ours follow the key's name. */
function sentence(message: string): string {
  const bare = message.replace(/^Invalid (?:input|option): /, "");
  return bare.charAt(0).toLowerCase() + bare.slice(1);
}

function nearest(key: string, known: readonly string[]): string {
  const best = [...known].sort((a, b) => distance(key, a) - distance(key, b))[0];
  if (best === undefined) return "";
  return distance(key, best) <= Math.max(2, key.length / 2)
    ? `; did you mean ${best}?`
    : `; known: ${known.join(", ")}`;
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

let declaration: JsonSchema | undefined;

function declared(path: BrokenRule["path"]): JsonSchema | undefined {
  declaration ??= z.toJSONSchema(ConfigFile, { io: "input" }) as JsonSchema;
  let at: JsonSchema | undefined = declaration;
  for (const step of path) at = typeof step === "number" ? at?.items : at?.properties?.[step];
  return at;
}

function knownKeys(path: BrokenRule["path"]): readonly string[] {
  return Object.keys(declared(path)?.properties ?? {});
}

function describe(path: BrokenRule["path"]): string {
  return declared(path)?.description ?? "";
}

function placer(file: string, root: Tree): (rule: BrokenRule) => Problem {
  return ({ path, text }) => {
    const place = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
    return { file, at: positionOf(root, path), ...(place && { place: place.replace(/^\./, "") }), text };
  };
}

/** Of the key or item that the path names; where it is missing, of what should hold it. */
function positionOf(root: Tree, path: BrokenRule["path"]): Position {
  let tree = root;
  let { at } = root;
  for (const step of path) {
    if (typeof step === "number") {
      const item = tree.kind === "sequence" ? tree.items[step] : undefined;
      if (!item) return at;
      tree = item;
      at = item.at;
    } else {
      const entry = tree.kind === "mapping" ? tree.entries.find(({ key }) => key === step) : undefined;
      if (!entry) return at;
      tree = entry.value;
      at = entry.keyAt;
    }
  }
  return at;
}
