import { isoOf } from "../iso-time.ts";
import type { Line } from "./explain.ts";
import type { ProfileCount, ReplayReport, Stretch, WorkflowCount } from "./replay.ts";

/** A replay as tables and a small chart. */
export function replayLines(report: ReplayReport): readonly Line[] {
  if (report.workflows.length === 0)
    return [[{ text: "In that time no commit came to the branch: ask further back." }]];
  return [
    ...table(["workflow", "runs", "skipped", "jobs", "most often skipped because"], report.workflows.map(workflowRow)),
    [{ text: "" }],
    ...table(["machines", "jobs", "minutes", "about USD"], report.profiles.map(profileRow)),
    [{ text: "" }],
    ...chart(report),
  ];
}

function workflowRow({
  path,
  runs,
  skips,
  undecided,
  invalid,
  jobs,
  open,
  mostSkipped,
}: WorkflowCount): readonly string[] {
  const more = [undecided > 0 ? `${undecided} undecided` : "", invalid > 0 ? `${invalid} invalid` : ""].filter(Boolean);
  const why = mostSkipped ? mostSkipped.text : "";
  return [
    path,
    String(runs),
    [String(skips), ...more].join(" + "),
    open > 0 ? `${jobs} + ${open}?` : String(jobs),
    why,
  ];
}

function profileRow({ name, fits, jobs, minutes, unmeasured, usd }: ProfileCount): readonly string[] {
  const time = unmeasured === jobs ? "?" : `${Math.round(minutes)}${unmeasured > 0 ? ` + ${unmeasured} jobs?` : ""}`;
  return [fits ? name : `none for ${name}`, String(jobs), time, usd === undefined ? "?" : usd.toFixed(2)];
}

const bar = "█";
const widest = 40;

/** One bar for each week (or day) by the number of its jobs. */
function chart({ stretches, stretchDays }: ReplayReport): readonly Line[] {
  const most = Math.max(1, ...stretches.map(({ jobs }) => jobs));
  const length = stretchDays === 7 ? "week" : stretchDays === 1 ? "day" : `${stretchDays} days`;
  const title = { text: `jobs per ${length}`, mark: "title" as const };
  const last = stretches.findLastIndex(({ pushes }) => pushes > 0);
  const bars = stretches.slice(0, last + 1).map((stretch) => chartLine(stretch, most));
  const quiet = stretches[last + 1];
  const silence: Line[] = quiet ? [[{ text: `${isoOf(quiet.from).slice(0, 10)} no push since`, mark: "quiet" }]] : [];
  return [[title], ...bars, ...silence];
}

function chartLine({ from, pushes, jobs, minutes }: Stretch, most: number): Line {
  const length = jobs === 0 ? 0 : Math.max(1, Math.round((jobs / most) * widest));
  const time = minutes > 0 ? `, ${Math.round(minutes)} min` : "";
  const told = ` ${jobs} (${pushes} ${pushes === 1 ? "push" : "pushes"}${time})`;
  return [
    { text: `${isoOf(from).slice(0, 10)} ` },
    { text: bar.repeat(length), mark: "run" },
    { text: told, mark: "quiet" },
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly Line[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => column > 0 && column < 4;
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ");
  return [[{ text: line(head), mark: "title" }], ...rows.map((row): Line => [{ text: line(row) }])];
}
