import type { CommandSpec } from "../command.ts";

/** `dayfly lint`: what is wrong with the workflow files, and what one cannot see in them. */
export const lint: CommandSpec = {
  name: "lint",
  summary: "Check workflow files: problems, and traps that a person cannot see",
  details: [
    "Reads the files as they lie on the disk; of a bare repository those of HEAD.",
    "Ends with 1 where a forge would refuse a file; traps alone are no failure, unless with --strict.",
  ],
  options: [
    { flags: "--repo <dir>", text: "the repository; without it the one around the current folder" },
    { flags: "--forge <forge>", text: "whose rules; without it by directory", choices: ["gitea", "github"] },
    { flags: "--forge-version <version>", text: "of Gitea, such as 1.25.4; without it the newest we know" },
    { flags: "--strict", text: "end with 1 for traps too" },
    { flags: "--json", text: "the findings as JSON" },
  ],
  examples: [
    { line: "dayfly lint", says: "everything worth knowing about the files here" },
    { line: "dayfly lint --strict --json", says: "for a program, or a check before merging" },
  ],
  load: async () => (await import("./lint-run.ts")).runLint,
};
