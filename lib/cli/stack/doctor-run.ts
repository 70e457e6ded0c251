import { type Check, exitCodeOf } from "../../core/report/checkup.ts";
import type { Call, ExitCode } from "../command.ts";
import { printable, type Style, type Terminal } from "../terminal.ts";
import { checkConfig } from "./doctor-config.ts";
import { checkComputer } from "./doctor-local.ts";

/** Looks at everything, tells each thing as soon as it is known, and ends with the worst of it. */
export async function runDoctor(call: Call): Promise<ExitCode> {
  const { terminal, options } = call;
  const found: Check[] = [];
  const tell = (checks: readonly Check[]) => {
    found.push(...checks);
    if (!options.json) for (const check of checks) for (const line of linesOf(check, terminal)) terminal.print(line);
  };
  tell(await checkComputer(call));
  const { check, file } = await checkConfig(call);
  if (check) tell([check]);
  if (file) {
    const repos = Array.isArray(options.repo) ? options.repo : [];
    await call.examineStack({ file, repos, checkout: call.checkout, environment: call.environment, tell });
  }
  if (options.json) terminal.print(JSON.stringify({ checks: found }, null, 2));
  else terminal.say(summary(found));
  return exitCodeOf(found);
}

const marks: Readonly<Record<Check["verdict"], readonly [string, Style]>> = {
  ok: ["ok     ", "green"],
  warning: ["warning", "yellow"],
  bad: ["bad    ", "red"],
  unknown: ["unknown", "yellow"],
};

function linesOf({ name, verdict, text, cure }: Check, { paint }: Terminal): readonly string[] {
  const [mark, style] = marks[verdict];
  const line = `${paint(style, mark)}  ${name.padEnd(20)}  ${printable(text)}`;
  return cure === undefined ? [line] : [line, `         ${paint("dim", "→")} ${printable(cure)}`];
}

function summary(checks: readonly Check[]): string {
  const count = (verdict: Check["verdict"]) => checks.filter((check) => check.verdict === verdict).length;
  return `${checks.length} looked at: ${count("bad")} bad, ${count("warning")} warnings, ${count("unknown")} unknown.`;
}
