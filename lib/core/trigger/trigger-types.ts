import type { Dialect } from "../dialect.ts";
import type { Position } from "../errors.ts";
import { quote } from "../quote.ts";
import { giteaTypes } from "../webhook/gitea-events.ts";
import { fitsWildcard } from "../wildcard.ts";
import type { Filter, Trigger } from "../workflow/on.ts";
import type { Condition, Inquiry } from "./trigger-condition.ts";

/** Types of a pull request event that start a workflow which names none. */
// rule default-types, item by item: both forges start it for these three
const defaultTypes = ["opened", "synchronize", "reopened"];

/** Is the event's activity type one that the trigger asks for? */
export function typesCondition(inquiry: Inquiry, trigger: Trigger): readonly Condition[] {
  const { event } = inquiry;
  const asked = trigger.filters.find(({ key }) => key === "types");
  if (asked) return [askedTypes(inquiry, asked)];
  const isPull = event.name === "pull_request" || event.name === "pull_request_target";
  return isPull ? [defaultCondition(event.action, event.name, trigger.at)] : [];
}

function defaultCondition(action: string | undefined, event: string, at: Position): Condition {
  if (action === undefined) return unknownAction("types", at);
  if (defaultTypes.includes(action)) {
    return { holds: true, code: "type-default", text: `${event} without types starts for ${action}`, at };
  }
  const text = `${event} without types starts for ${defaultTypes.join(", ")} only, and this is ${quote(action)}`;
  return { holds: false, code: "type-not-default", text, at };
}

function askedTypes({ dialect, event }: Inquiry, { key, at, values }: Filter): Condition {
  if (event.action === undefined) return unknownAction(key, at);
  const fits =
    dialect.forge === "gitea" ? fitsGitea(dialect, values, event.name, event.action) : fitsGithub(values, event.action);
  if (fits === "unsettled") {
    return { holds: undefined, code: "type-unsettled", text: "types holds a pattern that we do not read", at };
  }
  if (fits) return { holds: true, code: "type-matched", text: `${quote(event.action)} is one of types`, at: fits.at };
  const wanted = values.slice(0, 5).map(({ text }) => quote(text));
  const text = `${quote(event.action)} is none of types ${values.length > 0 ? wanted.join(", ") : "(there are none)"}`;
  return { holds: false, code: "type-not-matched", text, at };
}

type Value = Filter["values"][number];

function fitsGithub(values: readonly Value[], action: string): Value | "unsettled" | undefined {
  // rule empty-types: GitHub does not say what an empty list of types means
  if (values.length === 0) return "unsettled";
  return values.find(({ text }) => text === action);
}

/** Gitea takes types for wildcard patterns. */
function fitsGitea(
  dialect: Dialect,
  values: readonly Value[],
  event: string,
  action: string,
): Value | "unsettled" | undefined {
  const actions = giteaTypes(dialect, event, action);
  const found = values.find(({ text }) => actions.some((word) => fitsWildcard(text, word)));
  if (found) return found;
  return values.some(({ text }) => /[[{\\]/.test(text)) ? "unsettled" : undefined;
}

function unknownAction(key: string, at: Position): Condition {
  return { holds: undefined, code: "action-unknown", text: `${key} asks for the event's activity type`, at };
}
