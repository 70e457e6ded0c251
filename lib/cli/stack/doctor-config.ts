import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ConfigFile } from "../../core/config/config-file.ts";
import { brokenOnAws } from "../../core/config/config-on-aws.ts";
import { readConfig } from "../../core/config/read-config.ts";
import { formatProblem } from "../../core/errors.ts";
import { bad, type Check, ok } from "../../core/report/checkup.ts";
import type { Call } from "../command.ts";
import { errorCode } from "../failure.ts";

const usual = "dayfly.yaml";

export interface ConfigChecked {
  readonly check?: Check;
  /** Only where it can be deployed to AWS. */
  readonly file?: ConfigFile;
}

/** Is dayfly.yaml whole? None at all is fine: one computer needs none. */
export async function checkConfig({ options, folder }: Pick<Call, "options" | "folder">): Promise<ConfigChecked> {
  const name = typeof options.config === "string" ? options.config : usual;
  const text = await readFile(resolve(folder, name), "utf8").catch((error: unknown) => ({ code: errorCode(error) }));
  if (typeof text !== "string") {
    if (text.code === "ENOENT" && options.config === undefined) return {};
    return { check: bad("config", `${name} cannot be read (${text.code})`, "Name it with --config.") };
  }
  const reading = readConfig(name, text);
  const problems =
    reading.kind === "invalid" ? reading.problems : brokenOnAws(reading.file).map((rule) => reading.place(rule));
  if (reading.kind === "config" && reading.file.stack.region === undefined)
    return { check: ok("config", `${name} names no region: it is for one computer`) };
  const [first] = problems;
  if (first) {
    const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
    return { check: bad("config", `${formatProblem(first)}${more}`, "`dayfly docs config` explains every key.") };
  }
  return { check: ok("config", `${name} is whole`), ...(reading.kind === "config" && { file: reading.file }) };
}
