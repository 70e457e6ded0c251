import type { CommitPlan } from "../../fakes/scratch-repository.ts";

const steps = (run: string): string => `steps: [{ run: ${JSON.stringify(run)} }]`;

/** One line of a workflow's `jobs:`. */
export const jobLine = (name: string, run: string, more = ""): string =>
  `  ${name}: { runs-on: ubuntu-latest, ${more}${steps(run)} }\n`;

export const workflow = (...jobs: readonly string[]): string => `on: push\njobs:\n${jobs.join("")}`;

export const commit = (name: string, files: Readonly<Record<string, string>>): CommitPlan => ({
  name,
  files: Object.fromEntries(Object.entries(files).map(([file, text]) => [`.gitea/workflows/${file}`, text])),
});

export const quick = workflow(jobLine("quick", "echo done"));
export const long = workflow(jobLine("long", "sleep 25 && echo done"));
