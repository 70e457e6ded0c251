import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ConfigFile } from "../../core/config/config-file.ts";
import { readConfig } from "../../core/config/read-config.ts";
import { targetFile } from "../../core/deploy/target-file.ts";
import { UserError } from "../../core/errors.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { errorCode } from "../failure.ts";
import { printable } from "../terminal.ts";

export async function printTargetFile(call: Call): Promise<ExitCode> {
  const [target = "", app = ""] = call.operands;
  const name = typeof call.options.config === "string" ? call.options.config : "dayfly.yaml";
  const text = targetFile(await readWhole(call, name), target, app);
  if (text === undefined) {
    throw new CommandError(`no environment brings ${printable(app)} to ${printable(target)}`, {
      where: name,
      remedy: "`environments` there names apps and their targets.",
      exitCode: 2,
    });
  }
  call.terminal.print(text.trimEnd());
  return 0;
}

async function readWhole({ folder }: Call, name: string): Promise<ConfigFile> {
  const text = await readFile(resolve(folder, name), "utf8").catch((error: unknown) => {
    const where = resolve(folder, name);
    throw new CommandError(`the file cannot be read (${errorCode(error)})`, {
      where,
      remedy: "Name it with --config.",
      exitCode: 2,
    });
  });
  const reading = readConfig(name, text);
  if (reading.kind === "config") return reading.file;
  throw new UserError(`${name} cannot be used`, reading.problems);
}
