import { data } from "@actions/expressions";
import { type Dialect, giteaFrom } from "../dialect.ts";
import type { Position } from "../errors.ts";
import { resolve, toData } from "../workflow/tree-value.ts";
import { entryOf, type Workflow } from "../workflow/workflow.ts";
import type { Entry, Mapping, Tree } from "../workflow/yaml-tree.ts";
import { boolean, none, number, partial, text } from "./context-values.ts";
import type { Scope } from "./expression.ts";
import { known, unknown, type Value } from "./value.ts";

/** What a job's `uses:` names. */
export type Uses =
  /** A file of the same commit. */
  | { readonly kind: "local"; readonly path: string }
  /** A file of another repository, which we do not read. */
  | { readonly kind: "remote" }
  | { readonly kind: "invalid"; readonly text: string };

/** Calls below each other: a workflow that is started may have so many below it. */
// rule call-depth [9 → 99]: ten levels with the first
export const maxCallDepth = 9;

/** Does the server make jobs of the called file's jobs? Gitea before 1.27 leaves that to the runner which takes the one job. */
export function expandsCalls(dialect: Dialect): boolean {
  return dialect.forge === "github" || giteaFrom(dialect, 1, 27);
}

export function readUses(uses: string): Uses {
  const written = uses.trim();
  // GitHub's other way to say "the repository and commit of this very file".
  const local = /^(?:\.|\$)\/([^@]+\.ya?ml)$/.exec(written);
  if (local?.[1]) {
    const isClean = local[1].split("/").every((part) => part !== "" && part !== "." && part !== "..");
    return isClean ? { kind: "local", path: local[1] } : { kind: "invalid", text: `"${written}" is no clean path` };
  }
  const isRemote = /^(https?:\/\/)?[^/@]+\/[^@]+\.ya?ml@.+$/.test(written);
  return isRemote ? { kind: "remote" } : { kind: "invalid", text: `"${written}" names no workflow file` };
}

export type Called =
  | { readonly kind: "inputs"; readonly inputs: Value }
  | { readonly kind: "invalid"; readonly at: Position; readonly text: string };

/** The `inputs` of a called workflow: what the caller gives, else the defaults, by the declared types. */
export function bindInputs(dialect: Dialect, job: Mapping, called: Workflow, scope: Scope): Called {
  const declared = callDeclaration(called.on);
  const wrong = (at: Position, message: string) => ({ kind: "invalid", at, text: message }) as const;
  const usesAt = entryOf(job, "uses")?.value.at ?? job.at;
  if (!declared) return wrong(usesAt, `${called.path} cannot be called: it is not \`on: workflow_call\``);
  const secrets = checkSecrets(job, declared);
  if (secrets) return wrong(usesAt, secrets);

  const inputs = entriesOf(declared, "inputs");
  const given = new Map(entriesOf(job, "with").map((entry) => [entry.key.toLowerCase(), entry]));
  const stranger = [...given.values()].find(({ key }) => !inputs.some((input) => sameName(input.key, key)));
  if (stranger && dialect.forge === "github") {
    return wrong(stranger.keyAt, `${called.path} declares no input "${stranger.key}"`);
  }
  const values: Record<string, Value> = {};
  for (const input of inputs) {
    const entry = given.get(input.key.toLowerCase());
    const value = entry ? typed(input, entry.value, scope) : defaultOf(dialect, input, scope);
    if (value.kind === "invalid") return wrong(entry?.value.at ?? usesAt, value.text);
    values[input.key] = value;
  }
  return { kind: "inputs", inputs: partial("inputs", values, none) };
}

/** What stands below `workflow_call:`; undefined where the file cannot be called. */
function callDeclaration(on: Tree): Mapping | undefined {
  const empty: Mapping = { kind: "mapping", entries: [], at: on.at };
  if (on.kind === "mapping") {
    const entry = entryOf(on, "workflow_call");
    return entry && (entry.value.kind === "mapping" ? entry.value : empty);
  }
  const names = on.kind === "sequence" ? on.items : [on];
  return names.some((name) => name.kind === "scalar" && name.source === "workflow_call") ? empty : undefined;
}

/** Only names can be checked: the values are the forge's secret. */
function checkSecrets(job: Mapping, declared: Mapping): string | undefined {
  const given = entryOf(job, "secrets")?.value;
  if (given?.kind === "scalar" && given.source.trim() === "inherit") return undefined;
  const names = given?.kind === "mapping" ? given.entries.map(({ key }) => key) : [];
  const secrets = entriesOf(declared, "secrets");
  const stranger = names.find((name) => !secrets.some(({ key }) => sameName(key, name)));
  if (stranger !== undefined) return `the called workflow declares no secret "${stranger}"`;
  const missing = secrets.find(
    (secret) => isTrue(fieldOf(secret, "required")) && !names.some((name) => sameName(name, secret.key)),
  );
  return missing && `the called workflow requires the secret "${missing.key}"`;
}

type Typed = Value | { readonly kind: "invalid"; readonly text: string };

function defaultOf(dialect: Dialect, input: Entry, scope: Scope): Typed {
  const written = fieldOf(input, "default");
  if (written) return typed(input, written, dialect.forge === "github" ? scope : undefined);
  if (isTrue(fieldOf(input, "required"))) return { kind: "invalid", text: `the input "${input.key}" is required` };
  if (dialect.forge === "gitea") return none;
  const type = typeOf(input);
  if (type === "boolean") return boolean(false);
  return type === "number" ? number(0) : text("");
}

/** @param scope without it expressions stay text */
function typed(input: Entry, tree: Tree, scope: Scope | undefined): Typed {
  const resolved = scope ? resolve(tree, scope) : ({ kind: "tree", tree } as const);
  if (resolved.kind === "error") return { kind: "invalid", text: `the input "${input.key}": ${resolved.text}` };
  if (resolved.kind === "unknown") return unknown(resolved.names);
  const value = toData(resolved.tree);
  const type = typeOf(input);
  if (type === "string") return text(value.coerceString());
  const fits = type === "boolean" ? value.kind === data.Kind.Boolean : value.kind === data.Kind.Number;
  return fits ? known(value) : { kind: "invalid", text: `the input "${input.key}" has to be a ${type}` };
}

function typeOf(input: Entry): string {
  const type = fieldOf(input, "type");
  return type?.kind === "scalar" ? type.source : "string";
}

function fieldOf(entry: Entry, key: string): Tree | undefined {
  return entry.value.kind === "mapping" ? entryOf(entry.value, key)?.value : undefined;
}

function entriesOf(mapping: Mapping, key: string): readonly Entry[] {
  const found = entryOf(mapping, key)?.value;
  return found?.kind === "mapping" ? found.entries : [];
}

function isTrue(tree: Tree | undefined): boolean {
  return tree?.kind === "scalar" && tree.value === true;
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
