import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfigFile } from "../lib/core/config/config-file.ts";

/** What dayfly.yaml says: the stack has validated it and put it beside the code. */
export function readBundledConfig(taskRoot: string): ConfigFile {
  return JSON.parse(readFileSync(join(taskRoot, "config.json"), "utf8"));
}

/** The `dayfly` command of machines, beside the code as well: machine and stack thus never differ. */
export function readMachineCommand(taskRoot: string): string {
  return readFileSync(join(taskRoot, "dayfly.cjs"), "utf8");
}
