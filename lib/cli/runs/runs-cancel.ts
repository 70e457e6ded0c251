import { isEnded } from "../../core/run/run.ts";
import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { dirOption, stateFolder } from "../state-folder.ts";
import { userName } from "../user-name.ts";
import { findRun } from "./find-run.ts";
import { statusWord } from "./run-lines.ts";

/** `dayfly runs cancel`: nobody wants this run any more. */
export const runsCancel: CommandSpec = {
  name: "runs cancel",
  summary: "Cancel a run, and end its machine",
  details: ["A run that has ended stays as it is: exit code 1."],
  operands: [{ name: "<key>", text: "key of the run, or the first digits of it" }],
  options: [{ flags: "--json", text: "print the run as JSON" }, dirOption],
  examples: [{ line: "dayfly runs cancel 3f9a", says: "the run whose key begins so" }],
  load: async () => cancel,
};

async function cancel(call: Call): Promise<ExitCode> {
  const { operands, options, terminal, environment } = call;
  const { cancelRun } = await import("../../app/request.ts");
  const local = await call.openWorld(stateFolder(call), "write");
  try {
    const before = await findRun(local.world.runs, operands[0] ?? "");
    const run = await cancelRun(local.world, before.key, userName(environment));
    if (options.json) terminal.print(JSON.stringify({ run }, null, 2));
    else terminal.print(`${run.key} ${statusWord(run, terminal.paint)}`);
    if (isEnded(before)) terminal.say("It had ended before, and stays as it is.");
    else if (before.forgeJobId !== undefined && before.status !== "running")
      terminal.say("Its forge still has the job waiting: cancel it there too, or another machine may be given it.");
    return isEnded(before) ? 1 : 0;
  } finally {
    await local.close();
  }
}
