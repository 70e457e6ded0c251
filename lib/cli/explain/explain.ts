import type { CommandSpec } from "../command.ts";

/** `dayfly explain`: what would the forge run for this event, and why not? */
export const explain: CommandSpec = {
  name: "explain",
  summary: "Say which workflows and jobs an event would start, and why",
  details: [
    "Works in any git checkout, without a server, an account or a configuration.",
    "Without options it explains the push of the current branch: from its upstream where that differs, else from the commit before.",
    "Whose rules: Gitea's where .gitea/workflows exists, else GitHub's.",
    "A checkout does not show which workflows are switched off at the forge: none, unless --disabled names them.",
  ],
  options: [
    { flags: "--repo <dir>", text: "the repository; without it the one around the current folder" },
    { flags: "--forge <forge>", text: "whose rules; without it by directory", choices: ["gitea", "github"] },
    { flags: "--forge-version <version>", text: "of Gitea, such as 1.25.4; without it the newest we know" },
    { flags: "--event <event>", text: "push, pull_request, create, release, …", fallback: "push" },
    { flags: "--action <action>", text: "the event's activity type, such as opened" },
    { flags: "--ref <ref>", text: "branch or tag; it need not exist yet" },
    { flags: "--base <ref>", text: "branch that a pull request wants to go into; without it the default branch" },
    { flags: "--before <commit>", text: "where the ref was before" },
    { flags: "--after <commit>", text: "where it is now; without it the ref's tip, or HEAD" },
    { flags: "--worktree", text: "workflow files as they lie on the disk, not as committed" },
    { flags: "--workflow <file>", text: "only this workflow file" },
    { flags: "--changed <path>", text: "a changed path, in place of the computed difference", repeat: true },
    { flags: "--disabled <file>", text: "a workflow that is switched off at the forge", repeat: true },
    { flags: "--message <text>", text: "the commit's message and, without --title, a pull request's title" },
    { flags: "--title <text>", text: "a pull request's title" },
    { flags: "--fork", text: "the pull request comes from a fork" },
    { flags: "--sender <login>", text: "who did it" },
    { flags: "--ran <workflow>", text: "for workflow_run: name of the workflow that ran" },
    { flags: "--ran-on <branch>", text: "for workflow_run: the branch that it ran on" },
    { flags: "--chain <number>", text: "for workflow_run: how many runs of that kind stand in a row before it" },
    {
      flags: "--diff <ref>",
      text: "in words, what the workflow files (of the disk, or of --after) change against those of this commit",
    },
    { flags: "--json", text: "the decision as JSON" },
  ],
  examples: [
    { line: "dayfly explain", says: "what a push of this branch would run" },
    { line: "dayfly explain --event pull_request --base main", says: "the same for a pull request into main" },
    { line: "dayfly explain --changed docs/a.md", says: "as if only this file had changed" },
    { line: "dayfly explain --diff HEAD", says: "what my edit of the workflows changes" },
  ],
  load: async () => (await import("./explain-run.ts")).runExplain,
};
