import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { maySet, parseAssignments } from "./assignments.ts";
import type { JobRun } from "./frame.ts";

/** Files through which one step talks to its runner. */
export interface StepFiles {
  /** GITHUB_ENV, GITHUB_OUTPUT, GITHUB_PATH, … */
  readonly env: Readonly<Record<string, string>>;
  /** Takes over what the step wrote, and hands back its outputs. */
  collect(): Readonly<Record<string, string>>;
}

const names = ["ENV", "OUTPUT", "PATH", "STEP_SUMMARY", "STATE"] as const;
const maxFileBytes = 1 << 20;

export function stepFiles(job: JobRun): StepFiles {
  const folder = join(job.temp, `step-${job.steps++}`);
  mkdirSync(folder, { recursive: true });
  const fileOf = (name: (typeof names)[number]): string => join(folder, name.toLowerCase());
  for (const name of names) writeFileSync(fileOf(name), "");

  return {
    env: Object.fromEntries(names.map((name) => [`GITHUB_${name}`, fileOf(name)])),
    collect() {
      const added: Record<string, string> = {};
      for (const [name, value] of parseAssignments(bounded(fileOf("ENV"), "GITHUB_ENV"))) {
        if (maySet(name)) added[name] = value;
        else job.log.say(`##[warning]GITHUB_ENV may not set ${name}: left out`);
      }
      job.env = { ...job.env, ...added };
      const folders = bounded(fileOf("PATH"), "GITHUB_PATH")
        .split(/\r?\n/)
        .filter((line) => line !== "");
      job.path = [...folders.reverse(), ...job.path];
      showSummary(job, bounded(fileOf("STEP_SUMMARY"), "GITHUB_STEP_SUMMARY"));
      return Object.fromEntries(parseAssignments(bounded(fileOf("OUTPUT"), "GITHUB_OUTPUT")));
    },
  };
}

/** The whole environment of a step: later ones win, but for what the runner itself sets. */
export function stepEnvironment(
  job: JobRun,
  machine: Readonly<Record<string, string | undefined>>,
  layers: readonly Readonly<Record<string, string>>[],
): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries(machine)) if (value !== undefined) merged[name] = value;
  Object.assign(merged, job.env, ...layers, job.fixed);
  if (job.path.length > 0) merged.PATH = [...job.path, merged.PATH ?? ""].join(delimiter);
  return merged;
}

function showSummary(job: JobRun, text: string): void {
  if (text.trim() === "") return;
  job.log.group("Summary of this step");
  for (const line of text.trimEnd().split("\n")) job.log.say(line);
  job.log.endGroup();
}

/** A step may have removed its file, or made it something else. */
function bounded(file: string, name: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return "";
  if (found.size > maxFileBytes) throw new UserError(`${name} is larger than ${maxFileBytes} bytes`);
  return readFileSync(file, "utf8");
}
