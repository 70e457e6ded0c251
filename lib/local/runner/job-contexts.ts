import { data } from "@actions/expressions";
import type { Dialect } from "../../core/dialect.ts";
import type { NeedResult } from "../../core/forge.ts";
import { text, texts } from "../../core/plan/context-values.ts";
import { type Contexts, eventContexts } from "../../core/plan/contexts.ts";
import { known, type Value } from "../../core/plan/value.ts";
import { dictionary } from "../../core/workflow/tree-value.ts";
import type { BuiltinRegistration } from "../machine/registration.ts";

export interface JobFacts {
  readonly dialect: Dialect;
  readonly registration: BuiltinRegistration;
  readonly workflow: { readonly path: string; readonly name?: string };
  /** Full message of the commit. */
  readonly message: string;
  readonly runnerName: string;
  readonly workspace: string;
  readonly temp: string;
  readonly eventFile: string;
}

/** The contexts that are the same for all steps of a job; nothing in them is unknown any more. */
export function jobContexts(facts: JobFacts): Contexts {
  const { dialect, registration, workflow, message, workspace, temp, runnerName, eventFile } = facts;
  const { job, needs } = registration;
  const event = {
    name: job.event,
    ref: job.ref,
    before: job.before,
    after: job.sha,
    repository: job.repo,
    sender: job.sender,
    message,
  };
  const contexts = eventContexts({ dialect, event, workflow, vars: {} });
  const more = {
    job: job.job,
    run_id: job.runKey,
    run_attempt: `${job.attempt}`,
    workspace,
    event_path: eventFile,
    triggering_actor: job.sender,
    token: "",
    server_url: "",
    api_url: "",
  };
  const github = withFields(contexts.get("github"), more);
  return new Map([
    ["github", github],
    ...(dialect.forge === "gitea" ? [["gitea", github] as const] : []),
    ["vars", texts({})],
    ["secrets", texts({})],
    ["inputs", texts({})],
    ["needs", needsContext(needs)],
    ["runner", texts({ name: runnerName, os: runnerOs(), arch: runnerArch(), temp, tool_cache: temp, workspace })],
  ]);
}

/** A value with nothing unknown in it: what nobody can say by now is null, as at the forges. */
export function settled(value: Value | undefined): data.ExpressionData {
  if (value?.kind === "known") return value.data;
  if (value?.kind !== "partial") return new data.Null();
  return dictionary([...value.fields].map(([key, field]) => ({ key, value: settled(field) })));
}

/** An object with these fields set, as texts. */
export function withFields(value: Value | undefined, fields: Readonly<Record<string, string>>): Value {
  const object = settled(value);
  const pairs = object instanceof data.Dictionary ? object.pairs() : [];
  const kept = pairs.filter(({ key }) => !Object.hasOwn(fields, key));
  const set = Object.entries(fields).map(([key, one]) => ({ key, value: new data.StringData(one) }));
  return known(dictionary([...kept, ...set]));
}

/** The event's payload as `GITHUB_EVENT_PATH` holds it: what of it we know. */
export function eventJson(contexts: Contexts): string {
  const github = settled(contexts.get("github"));
  const event = github instanceof data.Dictionary ? github.get("event") : undefined;
  return JSON.stringify(event ?? {}, data.replacer);
}

function needsContext(needs: Readonly<Record<string, NeedResult>>): Value {
  const pairs = Object.entries(needs).map(([key, { result, outputs }]) => ({
    key,
    value: dictionary([
      { key: "result", value: settled(text(result)) },
      { key: "outputs", value: settled(texts(outputs)) },
    ]),
  }));
  return known(dictionary(pairs));
}

export function runnerOs(): string {
  return process.platform === "darwin" ? "macOS" : process.platform === "win32" ? "Windows" : "Linux";
}

export function runnerArch(): string {
  return process.arch === "x64" ? "X64" : process.arch.toUpperCase();
}
