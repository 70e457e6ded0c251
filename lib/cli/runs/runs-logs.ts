import { isEnded } from "../../core/run/run.ts";
import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { dirOption, stateFolder } from "../state-folder.ts";
import { printable } from "../terminal.ts";
import { findRun } from "./find-run.ts";
import { endedWell, statusWord } from "./run-lines.ts";
import { watch } from "./watch.ts";

/** `dayfly runs logs`: what a job prints. */
export const runsLogs: CommandSpec = {
  name: "runs logs",
  summary: "Print the log of one run",
  details: [
    "The log of a job on AWS is at its forge.",
    "With --follow it ends when the run ends: exit code 0 if the job succeeded, else 1.",
  ],
  operands: [{ name: "<key>", text: "key of the run, or the first digits of it" }],
  options: [{ flags: "-f, --follow", text: "go on as the job goes on" }, dirOption],
  examples: [
    { line: "dayfly runs logs 3f9a", says: "what it has printed so far" },
    { line: "dayfly runs logs 3f9a --follow", says: "live, to its end" },
  ],
  load: async () => printLog,
};

async function printLog(call: Call): Promise<ExitCode> {
  const { operands, options, terminal } = call;
  const local = await call.openWorld(stateFolder(call), "read");
  try {
    const { runs } = local.world;
    let run = await findRun(runs, operands[0] ?? "");
    let next = 0;
    const printMore = async () => {
      for (let part = await local.log(run.key, next); part && part.next > next; part = await local.log(run.key, next)) {
        terminal.write(printable(part.text, { lines: true }));
        next = part.next;
      }
    };
    if (!options.follow) {
      await printMore();
      if (next === 0) terminal.say(`Nothing printed: the run is ${statusWord(run, terminal.tint)}.`);
      return 0;
    }
    const ended = await watch(call.untilInterrupted(), async () => {
      // First the run, then its log: what it printed last must not be missed.
      run = (await runs.get(run.key)) ?? run;
      await printMore();
      return isEnded(run) ? "done" : "again";
    });
    if (ended) terminal.say(`${statusWord(run, terminal.tint)}: ${printable(run.reason.text)}`);
    return !ended || endedWell(run) ? 0 : 1;
  } finally {
    await local.close();
  }
}
