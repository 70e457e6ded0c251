import { accessSync, constants, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { Mapping } from "../../core/workflow/yaml-tree.ts";
import { type Frame, scopeOf } from "./frame.ts";
import { runScript } from "./run-script.ts";
import { shellOf } from "./shell.ts";
import { type StepFiles, stepEnvironment, stepFiles } from "./step-files.ts";
import { textOf } from "./texts.ts";

export interface StepEnd {
  readonly outcome: "success" | "failure" | "cancelled";
  readonly outputs: Readonly<Record<string, string>>;
}

/** A `run:` step: its script, with expressions put in as the forges do, in a file of its own for the shell that it asks for. */
export async function runStep(
  frame: Frame,
  step: Mapping,
  env: Readonly<Record<string, string>>,
  stop: AbortSignal,
): Promise<StepEnd> {
  const { job } = frame;
  const scope = scopeOf(frame, env);
  const script = textOf(step, "run", scope) ?? "";
  const files = stepFiles(job);
  const environment = stepEnvironment(job, process.env, [frame.env, env, files.env]);
  const shell = shellOf(textOf(step, "shell", scope) ?? frame.shell, hasProgram("bash", environment.PATH ?? ""));
  const file = join(job.temp, `script-${job.steps}${shell.ending}`);
  writeFileSync(file, `${script}\n`, { mode: 0o600 });
  const argv = shell.argv(file);
  announce(frame, script, argv, env);

  const outputs: Record<string, string> = {};
  const onLine = job.log.listener((name, value) => {
    outputs[name] = value;
  });
  const cwd = resolve(job.workspace, textOf(step, "working-directory", scope) ?? frame.workingDirectory ?? "");
  const end = await runScript({ argv, cwd, env: environment, onLine }, stop);
  return conclude(frame, end, outputs, files);
}

function conclude(
  { job }: Frame,
  end: Awaited<ReturnType<typeof runScript>>,
  outputs: Readonly<Record<string, string>>,
  files: StepFiles,
): StepEnd {
  const all = { ...outputs, ...files.collect() };
  if (end.kind === "exited" && end.code === 0) return { outcome: "success", outputs: all };
  if (end.kind === "not-started") job.log.say(`##[error]${end.text}`);
  else if (end.kind === "exited") job.log.say(`##[error]The script ended with exit code ${end.code}`);
  else job.log.say("##[error]The script was ended: its time was over");
  const isJobOver = end.kind === "stopped" && job.clock.isOver();
  return { outcome: isJobOver ? "cancelled" : "failure", outputs: all };
}

/** What is about to run, folded away where the log is shown in groups. */
function announce(
  { job: { log } }: Frame,
  script: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): void {
  for (const line of script.trimEnd().split("\n")) log.say(line);
  log.say(`shell: ${[...argv.slice(0, -1), "{0}"].join(" ")}`);
  for (const [name, value] of Object.entries(env)) log.say(`env: ${name}=${value}`);
  log.endGroup();
}

function hasProgram(name: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
