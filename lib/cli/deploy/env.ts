import type { CommandSpec } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { jsonOption } from "./deploy.ts";

const operands = [
  { name: "<app>", text: "of dayfly.yaml" },
  { name: "<env>", text: "the environment" },
];

/** `dayfly env`: the same as `env list`. */
export const env: CommandSpec = {
  name: "env",
  summary: "List environments: what each should be, was seen to be, and is becoming",
  options: [jsonOption, dirOption, ...administratorOptions],
  examples: [{ line: "dayfly env", says: "all that you may see" }],
  load: async () => (await import("./env-commands.ts")).listEnvironments,
};

export const envList: CommandSpec = {
  ...env,
  name: "env list",
  examples: [{ line: "dayfly env list --json", says: "for a program" }],
};

export const envShow: CommandSpec = {
  name: "env show",
  summary: "Show one environment: desired, observed on each target, operation",
  operands,
  options: [jsonOption, dirOption, ...administratorOptions],
  examples: [{ line: "dayfly env show shop prod", says: "as it was last seen" }],
  load: async () => (await import("./env-commands.ts")).showEnvironment,
};

export const envDiff: CommandSpec = {
  name: "env diff",
  summary: "Look at the targets now and say where they differ from what is desired",
  details: [
    "Exit code 0: they are as desired. 1: they differ, or something runs that nobody deployed. 3: a target does not answer.",
  ],
  operands,
  options: [jsonOption, dirOption, ...administratorOptions],
  examples: [{ line: "dayfly env diff shop prod", says: "in a script: is it what it should be?" }],
  load: async () => (await import("./env-commands.ts")).diffEnvironment,
};

export const envCheck: CommandSpec = {
  name: "env check",
  summary: "Run every check of an app on its targets, each by its name",
  details: ["One bad check makes it exit code 1, whatever HTTP says. 3: a target does not answer."],
  operands,
  options: [jsonOption, dirOption, ...administratorOptions],
  examples: [{ line: "dayfly env check shop prod", says: "disk, health, live commit, and the app's own checks" }],
  load: async () => (await import("./env-commands.ts")).checkEnvironment,
};
