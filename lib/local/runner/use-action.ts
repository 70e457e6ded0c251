import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { formatProblem, UserError } from "../../core/errors.ts";
import { texts } from "../../core/plan/context-values.ts";
import { readUniqueYaml } from "../../core/workflow/read-yaml.ts";
import { entryOf } from "../../core/workflow/workflow.ts";
import type { Mapping, Tree } from "../../core/workflow/yaml-tree.ts";
import { type Frame, scopeOf } from "./frame.ts";
import { withFields } from "./job-contexts.ts";
import type { StepEnd } from "./run-step.ts";
import { textOf, textsOf } from "./texts.ts";

export interface ActionCall {
  readonly frame: Frame;
  readonly step: Mapping;
  readonly env: Readonly<Record<string, string>>;
  readonly uses: string;
  readonly runSteps: (frame: Frame, steps: Tree | undefined) => Promise<void>;
}

const maxDepth = 10;

/** A `uses:` step. Checking out is done before any step; local composite actions run; all else is another runner's. */
export async function useAction(call: ActionCall): Promise<StepEnd> {
  if (/^(https?:\/\/[^/]+\/)?actions\/checkout@/.test(call.uses)) return checkedOut(call);
  if (call.uses.startsWith("./")) return composite(call);
  const what = call.uses.startsWith("docker://") ? "a container image" : "an action that has to be fetched";
  throw new UserError(
    `${call.uses} is ${what}: that takes a real runner, of Gitea or GitHub; the built-in one runs scripts and local composite actions`,
  );
}

function checkedOut({ frame, step, env }: ActionCall): StepEnd {
  const inputs = textsOf(step, "with", scopeOf(frame, env));
  for (const name of ["repository", "path", "ref"]) {
    if (inputs[name])
      throw new UserError(`the built-in runner has checked out this commit and cannot follow with.${name}`);
  }
  if (inputs.submodules && inputs.submodules !== "false") frame.job.log.say("##[warning]submodules stay empty here");
  frame.job.log.say("checked out already");
  frame.job.log.endGroup();
  return { outcome: "success", outputs: {} };
}

async function composite({ frame, step, env, uses, runSteps }: ActionCall): Promise<StepEnd> {
  const { job } = frame;
  if (frame.depth >= maxDepth) throw new UserError(`${uses}: actions call each other more than ${maxDepth} deep`);
  const folder = folderOf(job.workspace, uses);
  const action = readAction(folder, uses);
  const runs = entryOf(action, "runs")?.value;
  const using = runs?.kind === "mapping" ? entryOf(runs, "using")?.value : undefined;
  if (runs?.kind !== "mapping" || using?.kind !== "scalar" || using.source !== "composite") {
    throw new UserError(
      `${uses} is no composite action: programs and containers take a real runner, of Gitea or GitHub`,
    );
  }
  job.log.endGroup();
  const inputs = inputsOf(action, textsOf(step, "with", scopeOf(frame, env)), frame);
  const inner: Frame = {
    ...frame,
    contexts: new Map([
      ...frame.contexts,
      ["inputs", texts(inputs)],
      ["github", withFields(frame.contexts.get("github"), { action_path: folder })],
    ]),
    env: { ...frame.env, ...env, GITHUB_ACTION_PATH: folder },
    shell: undefined,
    workingDirectory: undefined,
    depth: frame.depth + 1,
    records: new Map(),
    status: "success",
  };
  await runSteps(inner, entryOf(runs, "steps")?.value);
  return { outcome: inner.status, outputs: outputsOf(action, inner) };
}

/** Inside the workspace, links followed: what lies elsewhere is no action of this repository. */
function folderOf(workspace: string, uses: string): string {
  const folder = resolve(workspace, uses);
  if (!existsSync(folder)) throw new UserError(`there is no folder ${uses} in this commit`);
  const real = realpathSync(folder);
  const top = realpathSync(workspace);
  if (real !== top && !real.startsWith(`${top}${sep}`)) throw new UserError(`${uses} lies outside the workspace`);
  return real;
}

function readAction(folder: string, uses: string): Mapping {
  const file = ["action.yml", "action.yaml"].find((name) => existsSync(join(folder, name)));
  if (!file) throw new UserError(`${uses} holds neither action.yml nor action.yaml`);
  const reading = readUniqueYaml(`${uses}/${file}`, readFileSync(join(folder, file), "utf8"));
  if (reading.kind === "too-big") throw new UserError(reading.reason.text);
  if (reading.kind === "invalid") throw new UserError(reading.problems.map(formatProblem).join("; "));
  if (reading.root.kind !== "mapping") throw new UserError(`${uses}: an action has to be a mapping`);
  return reading.root;
}

/** What the step gives, and the action's defaults for the rest; names count without their case. */
function inputsOf(action: Mapping, given: Readonly<Record<string, string>>, frame: Frame): Record<string, string> {
  const inputs: Record<string, string> = {};
  const declared = entryOf(action, "inputs")?.value;
  for (const { key, value } of declared?.kind === "mapping" ? declared.entries : []) {
    const fallback = value.kind === "mapping" ? textOf(value, "default", scopeOf(frame)) : undefined;
    inputs[key.toLowerCase()] = fallback ?? "";
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(inputs, name.toLowerCase())) frame.job.log.say(`##[warning]the action knows no input "${name}"`);
    inputs[name.toLowerCase()] = value;
  }
  return inputs;
}

function outputsOf(action: Mapping, inner: Frame): Record<string, string> {
  const outputs: Record<string, string> = {};
  const declared = entryOf(action, "outputs")?.value;
  for (const { key, value } of declared?.kind === "mapping" ? declared.entries : []) {
    if (value.kind === "mapping") outputs[key] = textOf(value, "value", scopeOf(inner)) ?? "";
  }
  return outputs;
}
