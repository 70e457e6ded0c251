import { isEnded, type Run } from "../../core/run/run.ts";
import type { Call, CommandSpec, ExitCode } from "../command.ts";
import { openRead, stackOptions, stackPlace } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import { findRun } from "./find-run.ts";
import { endedWell, historyLines, runDetails } from "./run-lines.ts";
import { watch } from "./watch.ts";

/** `dayfly runs show`: one run, why it stands as it stands, and how it came there. */
export const runsShow: CommandSpec = {
  name: "runs show",
  summary: "Show one run: its status, why, what comes next, and its history",
  details: ["With --watch it ends when the run ends: exit code 0 if the job succeeded, else 1."],
  operands: [{ name: "<key>", text: "key of the run, or the first digits of it" }],
  options: [
    { flags: "--watch", text: "follow it to its end" },
    { flags: "--json", text: "print JSON" },
    dirOption,
    ...stackOptions,
  ],
  examples: [
    { line: "dayfly runs show 3f9a", says: "the run whose key begins so" },
    { line: "dayfly runs show 3f9a --watch", says: "wait for its end, in a script" },
  ],
  load: async () => showRun,
};

async function showRun(call: Call): Promise<ExitCode> {
  const { operands, options, terminal } = call;
  const local = await openRead(call);
  try {
    const { runs, clock } = local.world;
    const run = await findRun(runs, operands[0] ?? "");
    if (options.watch) return await followRun(call, run, () => runs.get(run.key));
    if (options.json) terminal.print(JSON.stringify({ run }, null, 2));
    else for (const line of runDetails(run, clock.now(), terminal)) terminal.print(line);
    return 0;
  } finally {
    await local.close();
  }
}

async function followRun(call: Call, first: Run, read: () => Promise<Run | undefined>): Promise<ExitCode> {
  const { terminal, options } = call;
  let run = first;
  const told = new Set<string>();
  let version = 0;
  const ended = await watch(
    call.untilInterrupted(),
    async () => {
      run = (await read()) ?? run;
      if (options.json && run.version !== version) terminal.print(JSON.stringify(run));
      version = run.version;
      const lines = options.json ? [] : historyLines(run).filter((line) => !told.has(line));
      for (const line of lines) {
        terminal.print(line);
        told.add(line);
      }
      return isEnded(run) ? "done" : "again";
    },
    stackPlace(options) ? "stack" : "here",
  );
  return !ended || endedWell(run) ? 0 : 1;
}
