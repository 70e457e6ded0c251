import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfigFile } from "../lib/core/config/config-file.ts";

/** What dayfly.yaml says: the stack has validated it and put it beside the code. */
export function readBundledConfig(taskRoot: string): ConfigFile {
  return JSON.parse(readFileSync(join(taskRoot, "config.json"), "utf8"));
}
