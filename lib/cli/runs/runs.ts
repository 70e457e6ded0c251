import type { Runs } from "../../core/ports.ts";
import { endedStatuses, isEnded, type Run, type Status } from "../../core/run/run.ts";
import { type Call, CommandError, type CommandSpec, type ExitCode } from "../command.ts";
import { openRead, stackOptions, stackPlace } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";

const openStatuses = ["waiting", "queued", "launching", "booting", "running"] as const satisfies readonly Status[];

/** `dayfly runs`: the latest runs, newest first. */
export const runs: CommandSpec = {
  name: "runs",
  summary: "List runs, newest first",
  details: ["With --watch it goes on with a line for every change, until Ctrl-C."],
  options: [
    { flags: "--status <status>", text: "only these", choices: ["open", "ended", ...openStatuses, ...endedStatuses] },
    { flags: "--repo <owner/name>", text: "only those of one repository" },
    { flags: "--limit <number>", text: "at most so many", fallback: "30" },
    { flags: "--watch", text: "follow changes" },
    { flags: "--json", text: "print JSON; with --watch one object a line" },
    dirOption,
    ...stackOptions,
  ],
  examples: [
    { line: "dayfly runs", says: "what happened last" },
    { line: "dayfly runs --status open --watch", says: "what is going on, as it goes on" },
    { line: "dayfly runs --json --limit 1", says: "the newest run, for a program" },
    { line: "dayfly runs --stack dayfly --region eu-central-1", says: "those of a stack on AWS" },
  ],
  load: async () => listRuns,
};

async function listRuns(call: Call): Promise<ExitCode> {
  const { options, terminal } = call;
  const query = queryOf(options);
  const local = await openRead(call);
  try {
    const { runs, clock } = local.world;
    const found = await runs.list(query);
    if (options.watch) return await followRuns(call, runs, query, found);
    if (options.json) terminal.print(JSON.stringify({ runs: found }, null, 2));
    else if (found.length === 0) terminal.say("No runs yet: push a commit to a repository that Dayfly serves.");
    else {
      const { runTable } = await import("./run-lines.ts");
      for (const line of runTable(found, clock.now(), terminal)) terminal.print(line);
    }
    return 0;
  } finally {
    await local.close();
  }
}

type Query = Parameters<Runs["list"]>[0];

function queryOf(options: Call["options"]): Query {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new CommandError(`"${options.limit}" is no number of runs`, {
      where: "--limit",
      remedy: "Give a whole number from 1 to 1000.",
      exitCode: 2,
    });
  }
  const repo = typeof options.repo === "string" ? { repo: options.repo } : {};
  return { limit, ...repo, ...statusOf(options.status) };
}

function statusOf(status: Call["options"][string]): Pick<Query, "status"> {
  if (status === "open") return { status: openStatuses };
  if (status === "ended") return { status: endedStatuses };
  return typeof status === "string" ? { status: [status as Status] } : {};
}

/** One line for each run now, then one for each change. */
async function followRuns(call: Call, runs: Runs, query: Query, first: readonly Run[]): Promise<ExitCode> {
  const { runTable } = await import("./run-lines.ts");
  const { watch } = await import("./watch.ts");
  const { terminal, options } = call;
  const seen = new Map<string, string>();
  const { status: wanted, ...all } = query;
  const tell = (found: readonly Run[]) => {
    const changed = found.filter((run) => seen.get(run.key) !== run.status);
    for (const run of changed) seen.set(run.key, run.status);
    const lines = options.json ? changed.map((run) => JSON.stringify(run)) : runTable(changed, Date.now(), terminal);
    for (const line of lines) terminal.print(line);
  };
  tell([...first].reverse());
  // A run that leaves the wanted statuses is told once more: that it ended is what one waits for.
  const concerns = (run: Run) => wanted === undefined || wanted.includes(run.status) || seen.has(run.key);
  await watch(
    call.untilInterrupted(),
    async () => {
      const now = [...(await runs.list(all))].reverse();
      tell(now.filter((run) => concerns(run) && !(isEnded(run) && seen.get(run.key) === run.status)));
      return "again";
    },
    stackPlace(options) ? "stack" : "here",
  );
  return 0;
}
