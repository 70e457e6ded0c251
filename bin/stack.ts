import { readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { configVersion, sourceVersion } from "../lib/cli/source-version.ts";
import { brokenOnAws } from "../lib/core/config/config-on-aws.ts";
import { readConfig } from "../lib/core/config/read-config.ts";
import { formatProblem, type Problem } from "../lib/core/errors.ts";
import { DayflyStack } from "../lib/stack/stack.ts";

/** The CDK app: one stack from dayfly.yaml, or from the file named by `-c config=FILE`. Needs no account and no network. */
const app = new App();
const file = String(app.node.tryGetContext("config") ?? "dayfly.yaml");
const reading = readConfig(file, textOf(file));
const problems =
  reading.kind === "invalid" ? reading.problems : brokenOnAws(reading.file).map((rule) => reading.place(rule));

if (reading.kind === "invalid" || problems.length > 0) refuse(problems);
else {
  const { region } = reading.file.stack;
  const versions = { Version: sourceVersion(process.cwd()), ConfigVersion: configVersion(reading.file) };
  new DayflyStack(app, reading.file, { env: { region }, versions });
  app.synth();
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const how =
      code === "ENOENT" ? ": copy docs/examples/dayfly.yaml there, or name another one with -c config=FILE" : "";
    refuse([{ file: path, text: `cannot be read (${code})${how}` }]);
    return process.exit();
  }
}

function refuse(found: readonly Problem[]): void {
  for (const problem of found) process.stderr.write(`${formatProblem(problem)}\n`);
  process.stderr.write("Nothing was synthesised. `dayfly docs config` explains every key.\n");
  process.exitCode = 2;
}
