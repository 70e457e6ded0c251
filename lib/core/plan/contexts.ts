import { type Dialect, giteaFrom } from "../dialect.ts";
import { isZero } from "../event.ts";
import { eventContext } from "../trigger/event-context.ts";
import type { TriggerEvent } from "../trigger/trigger-input.ts";
import { workflowId } from "../workflow/workflow-id.ts";
import { boolean, none, nothing, number, optional, partial, text, texts } from "./context-values.ts";
import type { Scope } from "./expression.ts";
import type { Value } from "./value.ts";

/** What expressions may name: each value known, unknown, or an object of which some fields are known. */
export type Contexts = Scope["contexts"];

export interface ContextInput {
  readonly dialect: Dialect;
  readonly event: TriggerEvent;
  /** The file, and its own `name:` where it has one. */
  readonly workflow: { readonly path: string; readonly name?: string };
  /** Values of `vars.*`, all of them; without it they are unknown. */
  readonly vars?: Readonly<Record<string, string>>;
}

/** The contexts that are the same for every job of a workflow that an event starts. */
export function eventContexts({ dialect, event, workflow, vars }: ContextInput): Contexts {
  const shared = [
    ["vars", vars ? texts(vars) : partial("vars", {})],
    ["inputs", event.name === "workflow_dispatch" ? partial("inputs", {}) : nothing],
  ] as const;
  if (dialect.forge === "github") {
    const github = partial("github", { ...refFields(event), workflow: text(workflow.name ?? workflow.path) });
    return new Map<string, Value>([["github", github], ...shared]);
  }
  const github = giteaContext(dialect, event, workflow.path);
  const empty = ["env", "job", "steps", "runner", "secrets"].map((name) => [name, nothing] as const);
  const constants = [["infinity", number(Number.POSITIVE_INFINITY)] as const, ["nan", number(Number.NaN)] as const];
  return new Map<string, Value>([["github", github], ["gitea", github], ...shared, ...empty, ...constants]);
}

/** The contexts of a called workflow: those of its caller's file, with inputs of its own. */
export function calledContexts(dialect: Dialect, contexts: Contexts, inputs: Value): Contexts {
  const github = contexts.get("github");
  if (dialect.forge === "github" || github?.kind !== "partial") return new Map([...contexts, ["inputs", inputs]]);
  // Gitea names another event to the called file.
  const renamed = { ...github, fields: new Map([...github.fields, ["event_name", text("workflow_call")]]) };
  return new Map([...contexts, ["github", renamed], ["gitea", renamed], ["inputs", inputs]]);
}

/** The `needs` context before any of them has ended. Gitea plans with their results and outputs empty. */
export function needsContext(dialect: Dialect, needs: readonly string[]): Value {
  const content = (id: string) =>
    dialect.forge === "gitea" ? partial(id, { result: text(""), outputs: nothing }, none) : partial(`needs.${id}`, {});
  return partial("needs", Object.fromEntries(needs.map((id) => [id, content(id)])), none);
}

/** Which status functions exist where there is no status to ask for: only Gitea lets them stand anywhere. */
export function idleStatus(dialect: Dialect, needs: readonly string[]): Scope["status"] {
  if (dialect.forge === "github") return undefined;
  const no = boolean(false);
  return { always: boolean(true), success: boolean(needs.length === 0), failure: no, cancelled: no };
}

function refFields(event: TriggerEvent): Readonly<Record<string, Value | undefined>> {
  const isPull = event.name.startsWith("pull_request");
  return {
    event_name: text(event.name),
    ref: text(event.ref),
    ref_name: text(event.ref.replace(/^refs\/(heads|tags|pull)\//, "")),
    ref_type: text(event.ref.startsWith("refs/tags/") ? "tag" : "branch"),
    // A pull request's is that of a merge commit which GitHub makes.
    sha:
      event.name === "pull_request" || event.after === undefined || isZero(event.after) ? undefined : text(event.after),
    actor: optional(event.sender),
    repository: optional(event.repository),
    repository_owner: optional(event.repository?.split("/")[0]),
    base_ref: isPull ? optional(event.baseRef) : text(""),
    head_ref: isPull ? undefined : text(""),
    event: eventContext(event),
  };
}

/** Whatever Gitea does not know while it plans is an empty text, not a null; `workflow` is the file below its directory. */
function giteaContext(dialect: Dialect, event: TriggerEvent, path: string): Value {
  const name = "github";
  const fields: Record<string, Value | undefined> = {
    ...refFields(event),
    workflow: text(workflowId(path)),
    run_number: unknownField(name, "run_number"),
    run_id: giteaFrom(dialect, 1, 27) ? unknownField(name, "run_id") : undefined,
    server_url: unknownField(name, "server_url"),
    api_url: unknownField(name, "api_url"),
  };
  if (event.name === "pull_request") {
    fields.ref_name = text(event.ref.replace(/^refs\/pull\/(.*)\/[^/]*$/, "$1"));
    fields.ref_type = text("");
    fields.sha = optional(event.after);
  }
  if (event.name.startsWith("pull_request")) fields.head_ref = unknownField(name, "head_ref");
  // The run has the head's commit, its context the base's.
  if (event.name === "pull_request_target") fields.sha = undefined;
  for (const key of ["sha", "actor", "repository", "repository_owner", "base_ref"])
    fields[key] ??= unknownField(name, key);
  return partial(name, fields, text(""));
}

function unknownField(context: string, field: string): Value {
  return { kind: "unknown", names: [`${context}.${field}`] };
}
