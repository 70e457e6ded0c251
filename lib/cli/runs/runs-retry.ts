import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { dirOption, stateFolder } from "../state-folder.ts";
import { userName } from "../user-name.ts";
import { findRun } from "./find-run.ts";
import { statusWord } from "./run-lines.ts";

/** `dayfly runs retry`: the same job of the same commit again, as a new run. */
export const runsRetry: CommandSpec = {
  name: "runs retry",
  summary: "Run an ended run again, as a new run",
  details: ["Prints the key of the new run."],
  operands: [{ name: "<key>", text: "key of the ended run, or the first digits of it" }],
  options: [{ flags: "--json", text: "print the new run as JSON" }, dirOption],
  examples: [{ line: "dayfly runs retry 3f9a", says: "the run whose key begins so" }],
  load: async () => retry,
};

async function retry(call: Call): Promise<ExitCode> {
  const { operands, options, terminal, environment } = call;
  const { retryRun } = await import("../../app/request.ts");
  const local = await call.openWorld(stateFolder(call), "write");
  try {
    const { key } = await findRun(local.world.runs, operands[0] ?? "");
    const run = await retryRun(local.world, key, userName(environment));
    if (!run) terminal.say("The forge was asked to run it again; its new run appears when the forge queues it.");
    else if (options.json) terminal.print(JSON.stringify({ run }, null, 2));
    else terminal.print(`${run.key} ${statusWord(run, terminal.paint)}`);
    return 0;
  } finally {
    await local.close();
  }
}
