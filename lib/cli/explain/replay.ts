import type { CommandSpec } from "../command.ts";
import { dirOption } from "../state-folder.ts";

/** `dayfly replay`: what would the past have run, and what would it have cost? */
export const replay: CommandSpec = {
  name: "replay",
  summary: "Say what the history of a branch would have run, skipped and cost",
  details: [
    "Every first-parent commit of the branch stands for one push at its own date: git does not remember pushes.",
    "Jobs that wait for others are counted, as if all went well.",
    "Durations are those that the local world has seen, else --minutes; machine kinds are those of dayfly.yaml, else labels.",
  ],
  options: [
    { flags: "--repo <dir>", text: "the repository; without it the one around the current folder" },
    { flags: "--ref <branch>", text: "the branch; without it the default branch" },
    { flags: "--since <time>", text: "how far back: 90d, 12w, 36h, or a date such as 2026-01-31", fallback: "90d" },
    { flags: "--minutes <number>", text: "how long a job takes where nobody has seen it run" },
    { flags: "--usd-per-hour <price>", text: "of a machine; without it about the list price of its types" },
    { flags: "--config <file>", text: "with the machine kinds; without it dayfly.yaml in the repository's top folder" },
    { flags: "--forge <forge>", text: "whose rules; without it by directory", choices: ["gitea", "github"] },
    { flags: "--forge-version <version>", text: "of Gitea, such as 1.25.4; without it the newest we know" },
    { flags: "--json", text: "the counts as JSON" },
    dirOption,
  ],
  examples: [
    { line: "dayfly replay --minutes 8", says: "the last 90 days, eight minutes a job" },
    { line: "dayfly replay --since 2026-01-01 --ref release/2 --json", says: "one branch since a date, for a program" },
  ],
  load: async () => (await import("./replay-run.ts")).runReplay,
};
