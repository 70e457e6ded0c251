import type { Instant } from "../../core/event.ts";
import { isEnded, type Run } from "../../core/run/run.ts";
import { formatAge, formatDuration } from "../../dashboard/assets/duration.js";
import { elapsed, type Mark, outcomeOf, type Tone } from "../../dashboard/outcome.ts";
import { printable, type Style, type Terminal } from "../terminal.ts";

const marks: Readonly<Record<Mark, string>> = {
  check: "✓",
  cross: "✗",
  spin: "●",
  dots: "…",
  ring: "○",
  rise: "↑",
  dash: "–",
  slash: "⊘",
  clock: "◷",
  warn: "!",
  question: "?",
};

const styles: Readonly<Record<Tone, Style>> = { good: "green", bad: "red", busy: "blue", warn: "yellow", calm: "dim" };

/** `✓ succeeded`, coloured where the terminal can. */
export function statusWord(run: Run, paint: Terminal["paint"], width = 0): string {
  const { mark, word, tone } = outcomeOf(run);
  return paint(styles[tone], `${marks[mark]} ${word}`.padEnd(width));
}

/** One line for each run, in columns; the last one, the reason, is cut where the terminal ends. */
export function runTable(runs: readonly Run[], now: Instant, { paint, columns }: Terminal): readonly string[] {
  const cells = runs.map((run) => [
    run.key.slice(0, 8),
    shorten(printable(run.repo), 24),
    shorten(shortRef(run.ref), 20),
    shorten(printable(run.jobName), 32),
    took(run, now),
    formatAge(now - run.createdAt),
  ]);
  const widths = [0, 1, 2, 3, 4, 5].map((index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return runs.map((run, index) => {
    const row = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    const left = columns - (row.length + 2 + 14 + 2);
    const reason = shorten(printable(run.reason.text), Math.max(20, left));
    return `${row}  ${statusWord(run, paint, 14)}  ${paint("dim", reason)}`;
  });
}

/** Everything about one run, for reading. */
export function runDetails(run: Run, now: Instant, { paint }: Terminal): readonly string[] {
  const place = [run.reason.file, run.reason.line, run.reason.column].filter((part) => part !== undefined).join(":");
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["status", statusWord(run, paint)],
    ["why", `${printable(run.reason.text)}${place ? ` (${printable(place)})` : ""}`],
    ["next", run.nextAction && printable(run.nextAction)],
    ["took", took(run, now)],
    ["commit", `${printable(run.repo)} ${shortRef(run.ref)} ${run.sha}`],
    ["workflow", run.workflow && printable(run.workflow)],
    ["labels", printable(run.labels.join(", "))],
    [
      "needs",
      run.needs.length > 0
        ? run.needs.map(({ job, key }) => `${printable(job)} (${key.slice(0, 8)})`).join(", ")
        : undefined,
    ],
    ["profile", run.profile],
    ["machine", "instanceId" in run ? run.instanceId : undefined],
    ["rerun of", run.rerunOf],
    ["key", run.key],
  ];
  const lines = facts.flatMap(([name, value]) => (value ? [`${name.padEnd(9)} ${value}`] : []));
  return [paint("bold", printable(run.jobName)), ...lines, "", ...historyLines(run)];
}

/** `+0.4 s  booting    a machine exists and boots` */
export function historyLines(run: Run): readonly string[] {
  return run.history.map(({ at, to, reason }) =>
    [`+${formatDuration(at - run.createdAt)}`.padEnd(12), to.padEnd(10), printable(reason)].join(" "),
  );
}

/** `main`, `tag v1`, `#12`: as short as it stays clear. */
export function shortRef(ref: string): string {
  const name = printable(ref);
  if (name.startsWith("refs/heads/")) return name.slice("refs/heads/".length);
  if (name.startsWith("refs/tags/")) return `tag ${name.slice("refs/tags/".length)}`;
  return name.replace(/^refs\/pull\/(\d+)\/\w+$/, "#$1");
}

/** Did it do what was wanted? A job that the forge or its own `if` skipped did. */
export function endedWell(run: Run): boolean {
  if (run.status === "skipped") return true;
  return isEnded(run) && run.status === "completed" && (run.conclusion === "success" || run.conclusion === "skipped");
}

function took(run: Run, now: Instant): string {
  const { since, until } = elapsed(run, now);
  return formatDuration(until - since);
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
