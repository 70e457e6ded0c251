import type { Check } from "./golden-case.ts";

/** A case's event as its forge would tell it. */
export interface GoldenDelivery {
  /** Value of X-Gitea-Event or X-GitHub-Event. */
  readonly event: "push" | "pull_request";
  readonly payload: { readonly repository: object };
}

export const repo = { id: "7", name: "acme/shop" } as const;
/** What the pull requests of the cases leave open. */
const untold = { title: "Add it", base: "main" } as const;

/** Workflow words that Gitea says otherwise. */
const giteaActions: Readonly<Record<string, string>> = { synchronize: "synchronized", labeled: "label_updated" };

/** Undefined where no delivery that we act upon tells of such an event. */
export function deliveryOf({ input }: Check): GoldenDelivery | undefined {
  const { name } = input.event;
  if (name === "push") return { event: "push", payload: pushOf(input) };
  // Every delivery of a pull request says what was done to it, and which branch it wants to go into.
  const isPull = name === "pull_request" || name === "pull_request_target";
  if (!isPull || input.event.action === undefined || input.event.baseRef === undefined) return undefined;
  return { event: "pull_request", payload: pullOf(input) };
}

function shared({ event }: Check["input"]) {
  return {
    repository: {
      id: Number(repo.id),
      full_name: event.repository ?? repo.name,
      default_branch: event.defaultBranch ?? "main",
      archived: event.archived ?? false,
    },
    sender: { login: event.sender ?? "ada" },
  };
}

function pushOf(input: Check["input"]) {
  const { ref, before = "", after = "" } = input.event;
  return { ...shared(input), ref, before, after, head_commit: /^0+$/.test(after) ? null : { id: after } };
}

function pullOf(input: Check["input"]) {
  const { dialect, event } = input;
  const { action = "", title = untold.title, baseRef = untold.base, fork = false, conflict, after = "" } = event;
  const [head, base] = fork ? [8, 7] : [7, 7];
  return {
    ...shared(input),
    action: dialect.forge === "gitea" ? (giteaActions[action] ?? action) : action,
    pull_request: {
      number: 0,
      title,
      mergeable: conflict ? false : null,
      merge_base: "c".repeat(40),
      merge_commit_sha: null,
      head: { sha: after, repo_id: head, repo: { id: head } },
      base: { ref: baseRef, repo_id: base, repo: { id: base } },
    },
  };
}

/** The options of `dayfly explain` that describe the same event; undefined where it has none for what the case knows. */
export function optionsOf({
  input,
}: Check): Readonly<Record<string, string | boolean | readonly string[]>> | undefined {
  const { dialect, event, changed, vars } = input;
  if (vars || event.archived || event.tagsAtOnce !== undefined) return undefined;
  const isPull = event.name !== "push";
  return {
    json: true,
    forge: dialect.forge,
    ...(dialect.forge === "gitea" && { forgeVersion: dialect.version.join(".") }),
    event: event.name,
    sender: event.sender ?? "ada",
    ...(event.action !== undefined && { action: event.action }),
    ...(isPull ? { base: event.baseRef ?? untold.base, title: event.title ?? untold.title } : { ref: event.ref }),
    ...(!isPull && event.before !== undefined && { before: event.before }),
    ...(event.after !== undefined && { after: event.after }),
    ...(event.message !== undefined && { message: event.message }),
    ...(event.disabled && { disabled: event.disabled }),
    ...(event.fork && { fork: true }),
    ...(changed?.kind === "files" && !changed.formerly && changed.paths.length > 0 && { changed: changed.paths }),
  };
}
