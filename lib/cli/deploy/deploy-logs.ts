import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { jsonOption } from "./deploy.ts";

/** `dayfly deploy logs`: the end of a deploy's log, from each target that took it. */
export const deployLogs: CommandSpec = {
  name: "deploy logs",
  summary: "Print the end of a deploy's log, read on its targets now",
  details: ["Exit code 3 when a target does not answer."],
  operands: [{ name: "<id>", text: "its id, or the first digits of it" }],
  options: [jsonOption, dirOption, ...administratorOptions],
  examples: [{ line: "dayfly deploy logs 3f9a", says: "of the deploy whose id begins so" }],
  load: async () => printLogs,
};

async function printLogs(call: Call): Promise<ExitCode> {
  const { withDeployApi } = await import("./deploy-client.ts");
  const { findDeploy } = await import("./find-deploy.ts");
  const { askTargets } = await import("./ask-targets.ts");
  const { operands, options, terminal } = call;
  return withDeployApi(call, async (api) => {
    const { id, app, env } = await findDeploy(api, operands[0] ?? "");
    const answers = await askTargets(api, { app, env, verb: "logs", deployId: id });
    if (options.json) terminal.print(JSON.stringify({ answers }, null, 2));
    else
      for (const { target, report, text } of answers) {
        if (report?.exit === 0) terminal.print(report.log.tail.trimEnd());
        else terminal.say(`${target}: ${report?.text ?? text}`);
      }
    return answers.every(({ report }) => report) ? 0 : 3;
  });
}
