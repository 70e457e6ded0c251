import { data } from "@actions/expressions";
import type { Dialect } from "./dialect.ts";
import { isZero } from "./event.ts";
import { known, type Scope, type Value } from "./expression.ts";
import { dictionary } from "./tree-value.ts";
import type { TriggerEvent } from "./trigger-input.ts";

/** What expressions may name: each value known, unknown, or an object of which some fields are known. */
export type Contexts = Scope["contexts"];

export interface ContextInput {
  readonly dialect: Dialect;
  readonly event: TriggerEvent;
  /** The workflow's name, or its path where it has none. */
  readonly workflow: string;
  /** Values of `vars.*`, all of them; without it they are unknown. */
  readonly vars?: Readonly<Record<string, string>>;
}

/** The contexts that are the same for every job of a workflow that an event starts: github, vars, inputs. */
export function eventContexts(input: ContextInput): Contexts {
  const github = githubContext(input);
  const contexts = new Map([
    ["github", github],
    ["vars", input.vars ? texts(input.vars) : partial("vars", {})],
    ["inputs", input.event.name === "workflow_dispatch" ? partial("inputs", {}) : nothing],
  ]);
  if (input.dialect.forge === "gitea") contexts.set("gitea", github);
  return contexts;
}

/** The `needs` context before any of them has ended: only which jobs it holds is known. */
export function needsContext(needs: readonly string[]): Value {
  const fields = needs.map((id) => [id.toLowerCase(), partial(`needs.${id}`, {})] as const);
  return { kind: "partial", name: "needs", fields: new Map(fields), rest: known(new data.Null()) };
}

export function text(value: string): Value {
  return known(new data.StringData(value));
}

export function number(value: number): Value {
  return known(new data.NumberData(value));
}

export function boolean(value: boolean): Value {
  return known(new data.BooleanData(value));
}

/** An object without any field. */
export const nothing: Value = known(dictionary([]));

export function texts(record: Readonly<Record<string, string>>): Value {
  return known(dictionary(Object.entries(record).map(([key, value]) => ({ key, value: new data.StringData(value) }))));
}

function githubContext({ dialect, event, workflow }: ContextInput): Value {
  const isPull = event.name.startsWith("pull_request");
  const owner = event.repository?.split("/")[0];
  return partial(
    "github",
    {
      event_name: text(event.name),
      ref: text(event.ref),
      ref_name: text(shortName(event.ref)),
      ref_type: refType(event.ref),
      sha: isPull || event.after === undefined || isZero(event.after) ? undefined : text(event.after),
      actor: optional(event.sender),
      repository: optional(event.repository),
      repository_owner: optional(owner),
      base_ref: isPull ? optional(event.baseRef) : text(""),
      head_ref: isPull ? undefined : text(""),
      workflow: text(workflow),
      event: eventContext(event, isPull),
    },
    dialect.forge === "gitea" ? [...giteaEmpty] : [],
  );
}

/** Fields that Gitea leaves empty while it plans. */
const giteaEmpty = [
  "action",
  "action_path",
  "action_ref",
  "action_repository",
  "job",
  "run_id",
  "run_attempt",
  "workspace",
];

function eventContext(event: TriggerEvent, isPull: boolean): Value {
  const repository = partial("github.event.repository", {
    full_name: optional(event.repository),
    name: optional(event.repository?.split("/")[1]),
    default_branch: optional(event.defaultBranch),
  });
  const shared = { action: optional(event.action), repository, sender: sender(event.sender) };
  if (isPull) return partial("github.event", { ...shared, number: pullNumber(event.ref), pull_request: pull(event) });
  if (event.name !== "push") return partial("github.event", shared);
  return partial("github.event", {
    ...shared,
    ref: text(event.ref),
    before: optional(event.before),
    after: optional(event.after),
    deleted: boolean(false),
    created: event.before === undefined ? undefined : boolean(isZero(event.before)),
    head_commit: partial("github.event.head_commit", { id: optional(event.after), message: optional(event.message) }),
  });
}

function pull(event: TriggerEvent): Value {
  const name = "github.event.pull_request";
  return partial(name, {
    title: optional(event.title),
    number: pullNumber(event.ref),
    base: partial(`${name}.base`, { ref: optional(event.baseRef) }),
    head: partial(`${name}.head`, { sha: optional(event.after) }),
  });
}

function sender(login: string | undefined): Value {
  return partial("github.event.sender", { login: optional(login) });
}

function pullNumber(ref: string): Value | undefined {
  const found = /^refs\/pull\/(\d+)\//.exec(ref);
  return found ? number(Number(found[1])) : undefined;
}

function shortName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, "");
}

function refType(ref: string): Value | undefined {
  if (ref.startsWith("refs/tags/")) return text("tag");
  return ref.startsWith("refs/heads/") ? text("branch") : undefined;
}

function optional(value: string | undefined): Value | undefined {
  return value === undefined ? undefined : text(value);
}

function partial(
  name: string,
  fields: Readonly<Record<string, Value | undefined>>,
  empty: readonly string[] = [],
): Value {
  const present = Object.entries(fields).flatMap(([key, value]) => (value ? [[key, value] as const] : []));
  return { kind: "partial", name, fields: new Map([...present, ...empty.map((key) => [key, text("")] as const)]) };
}
