import type { Dialect } from "../dialect.ts";
import { quote } from "../quote.ts";
import type { TriggerEvent } from "./trigger-input.ts";

/** Both forges know the same ones; in Gitea an administrator may change the list. */
// rule skip-strings, item by item: any of them is enough
export const skipStrings = ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"];

/** Pull request actions whose skip strings Gitea looks for; label, assignment, milestone and review requests run. */
// rule title-actions, item by item: for these alone
const giteaActions = ["opened", "closed", "reopened", "edited", "synchronize"];

export type SkipSign =
  | { readonly kind: "skip" | "unsettled"; readonly text: string }
  /** Nothing asks for a skip. */
  | undefined;

/** Does the commit message, or a title, ask the forge not to run anything? */
export function findSkipSign(dialect: Dialect, event: TriggerEvent): SkipSign {
  return dialect.forge === "gitea" ? giteaSign(event) : githubSign(event);
}

function giteaSign({ name, action = "", message = "", title = "" }: TriggerEvent): SkipSign {
  const isPull = name === "pull_request" || name === "pull_request_target";
  if (name !== "push" && !(isPull && giteaActions.includes(action))) return undefined;
  const inTitle = isPull ? skipStrings.find((sign) => title.includes(sign)) : undefined;
  // rule title-skips: Gitea looks into a pull request's title too
  if (inTitle) return { kind: "skip", text: `the pull request's title contains ${quote(inTitle)}` };
  const inMessage = skipStrings.find((sign) => message.includes(sign));
  return inMessage === undefined
    ? undefined
    : { kind: "skip", text: `the commit message contains ${quote(inMessage)}` };
}

function githubSign({ name, message = "" }: TriggerEvent): SkipSign {
  // rule skipped-events: GitHub skips pushes and pull requests, never pull_request_target
  if (name !== "push" && name !== "pull_request") return undefined;
  const found = skipStrings.find((sign) => message.includes(sign));
  if (found) return { kind: "skip", text: `the commit message contains ${quote(found)}` };
  // rule skip-trailer: GitHub knows a trailer as well
  if (endsWithTrailer(message)) return { kind: "skip", text: "the commit message ends with the trailer skip-checks" };
  const lower = message.toLowerCase();
  const similar = skipStrings.find((sign) => lower.includes(sign));
  if (!similar) return undefined;
  const text = `the commit message contains ${quote(similar)} in other letters, and GitHub does not document whether that counts`;
  return { kind: "unsettled", text };
}

/** `skip-checks: true` as the last of the trailers, which two empty lines separate from the rest. */
function endsWithTrailer(message: string): boolean {
  const lines = message.replace(/\r\n/g, "\n").trimEnd().split("\n");
  if (!/^skip-checks: ?true$/.test(lines.at(-1) ?? "")) return false;
  const start = lines.findLastIndex((line) => !/^[A-Za-z0-9-]+:/.test(line));
  // rule trailer-behind-two-lines: the block of trailers stands behind two empty lines
  return start >= 1 && lines[start] === "" && lines[start - 1] === "";
}
