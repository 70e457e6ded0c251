import { resolve } from "node:path";
import type { Dialect } from "../../core/dialect.ts";
import { isoOf } from "../../core/iso-time.ts";
import { planEvent } from "../../core/plan/plan.ts";
import { type PastPush, type ReplayReport, replay } from "../../core/report/replay.ts";
import { replayLines } from "../../core/report/replay-lines.ts";
import { type Call, CommandError, type ExitCode } from "../command.ts";
import { printLines } from "../marks.ts";
import { printable } from "../terminal.ts";
import { type Checkout, openCheckout } from "../world/world-checkout.ts";
import { maxCommits, type PastCommit, readHistory } from "../world/world-history.ts";
import { readDialect } from "./question.ts";
import { namedRef, needCommit, zeros } from "./question-range.ts";
import { readEstimator } from "./replay-estimator.ts";

/** Beyond it a person wants to know what takes so long. */
const manyCommits = 300;

const note = "Each first-parent commit stands for one push at its date; git does not remember the pushes themselves.";

export async function runReplay(call: Call): Promise<ExitCode> {
  const { options, terminal, folder } = call;
  const checkout = await openCheckout(resolve(folder, text(options.repo) ?? "."));
  const until = Date.now();
  const since = readSince(text(options.since) ?? "90d", until);
  const { ref, tip } = await namedRef(checkout, text(options.ref) ?? (await checkout.defaultBranch()) ?? "HEAD");
  const head = await needCommit(checkout, tip ?? ref, "--ref");
  const { estimator, explanation } = await readEstimator(call, checkout);
  const forge = text(options.forge) as Dialect["forge"] | undefined;
  const history = await readHistory(checkout.top, head.sha, since, forge);
  if (history.commits.length > manyCommits) terminal.say(`Deciding ${history.commits.length} pushes …`);
  const pushes = await decideAll(checkout, history, ref, text(options.forgeVersion));
  const report = replay(pushes, estimator, since, until);
  const notes = [note, explanation, ...(history.commits.length === maxCommits ? [`Only the last ${maxCommits}.`] : [])];
  if (options.json) {
    const span = { ref, since: isoOf(since), until: isoOf(until), notes };
    terminal.print(JSON.stringify({ ...span, ...report }, undefined, 2));
  } else tell(call, `${ref.replace("refs/heads/", "")} since ${isoOf(since).slice(0, 10)}`, report, notes);
  return 0;
}

function tell({ terminal }: Call, what: string, report: ReplayReport, notes: readonly string[]): void {
  const { pushes, idle } = report;
  const title = `${what}: ${pushes} pushes, ${pushes - idle} of them started something`;
  terminal.print(terminal.paint("bold", printable(title)));
  terminal.print();
  printLines(terminal, replayLines(report));
  terminal.print();
  for (const line of notes) terminal.say(terminal.tint("dim", printable(line)));
}

interface Past {
  readonly commits: readonly PastCommit[];
  readonly filesOf: Awaited<ReturnType<typeof readHistory>>["filesOf"];
}

async function decideAll(
  checkout: Checkout,
  { commits, filesOf }: Past,
  ref: string,
  version: string | undefined,
): Promise<readonly PastPush[]> {
  const repository = await checkout.repository();
  const defaultBranch = await checkout.defaultBranch();
  const pushes: PastPush[] = [];
  for (const { sha, parents, message, at, changed } of commits) {
    const { files, forge } = await filesOf(sha);
    const event = {
      name: "push",
      ref,
      before: parents[0] ?? zeros,
      after: sha,
      message,
      ...(repository !== undefined && { repository }),
      ...(defaultBranch !== undefined && { defaultBranch }),
    };
    const dialect = readDialect(forge, version);
    pushes.push({
      sha,
      at,
      decision: planEvent({ dialect, event, files, changed: { kind: "files", paths: changed } }),
    });
  }
  return pushes;
}

const hours: Readonly<Record<string, number>> = { h: 1, d: 24, w: 24 * 7 };

/** `90d`, `12w`, `36h` before now, or a date. */
function readSince(written: string, now: number): number {
  const ago = /^([1-9]\d{0,4})([hdw])$/.exec(written);
  if (ago) return now - Number(ago[1]) * (hours[ago[2] ?? ""] ?? 0) * 3_600_000;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(written) ? Date.parse(`${written}T00:00:00Z`) : Number.NaN;
  // 31 February would be taken for a day in March.
  if (Number.isFinite(date) && date < now && isoOf(date).startsWith(written)) return date;
  throw new CommandError(`"${written}" is no time in the past`, {
    where: `--since ${written}`,
    remedy: "Write 90d, 12w, 36h, or a date such as 2026-01-31.",
    exitCode: 2,
  });
}

function text(value: Call["options"][string]): string | undefined {
  return typeof value === "string" ? value : undefined;
}
