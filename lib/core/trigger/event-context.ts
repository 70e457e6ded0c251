import { isZero } from "../event.ts";
import { boolean, none, number, optional, partial, text } from "../plan/context-values.ts";
import { unknown, type Value } from "../plan/value.ts";
import type { TriggerEvent } from "./trigger-input.ts";

/** `github.event`: the payload, of which we know what the engine was told. */
export function eventContext(event: TriggerEvent): Value {
  const shared = {
    action: optional(event.action) ?? (event.name === "push" ? none : undefined),
    repository: partial("github.event.repository", {
      full_name: optional(event.repository),
      name: optional(event.repository?.split("/")[1]),
      default_branch: optional(event.defaultBranch),
    }),
    sender: partial("github.event.sender", { login: optional(event.sender) }),
  };
  const name = "github.event";
  if (event.name === "push") return partial(name, { ...shared, ...pushFields(event) }, none);
  if (event.name.startsWith("pull_request")) return partial(name, { ...shared, ...pullFields(event) });
  return partial(name, shared);
}

/** Every field that a push has: an expression that asks for another gets a null. */
function pushFields({ ref, before, after, message }: TriggerEvent) {
  const later = ["pusher", "organization", "installation", "enterprise", "forced", "base_ref", "compare", "commits"];
  return {
    ...Object.fromEntries(
      [...later, "compare_url", "total_commits"].map((field) => [field, unknown([`github.event.${field}`])]),
    ),
    ref: text(ref),
    before: optional(before) ?? unknown(["github.event.before"]),
    after: optional(after) ?? unknown(["github.event.after"]),
    deleted: boolean(false),
    created: before === undefined ? unknown(["github.event.created"]) : boolean(isZero(before)),
    head_commit: partial("github.event.head_commit", { id: optional(after), message: optional(message) }),
  };
}

function pullFields({ number: named, headSha, baseRef, title }: TriggerEvent) {
  const pullNumber = named === undefined ? undefined : number(Number(named));
  const name = "github.event.pull_request";
  const fields = {
    title: optional(title),
    number: pullNumber,
    base: partial(`${name}.base`, { ref: optional(baseRef) }),
    head: partial(`${name}.head`, { sha: optional(headSha) }),
  };
  return { number: pullNumber, pull_request: partial(name, fields) };
}
