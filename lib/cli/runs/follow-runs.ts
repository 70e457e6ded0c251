import type { World } from "../../core/ports.ts";
import { isEnded, type Run } from "../../core/run/run.ts";
import { formatDuration } from "../../dashboard/assets/duration.js";
import { elapsed } from "../../dashboard/outcome.ts";
import { printable, type Terminal } from "../terminal.ts";
import { endedWell, statusWord } from "./run-lines.ts";
import { watch } from "./watch.ts";

const LOOKED_AT = 200;

/** Tells of runs as they end, each once. */
export interface RunTeller {
  /** Those of one push, until all have ended or the signal fires. */
  untilPushEnds(pushId: string, stop: AbortSignal): Promise<void>;
  /** All that come, until the signal fires. */
  forever(stop: AbortSignal): Promise<void>;
}

/** @param since only runs that were made from then on */
export function runTeller(terminal: Terminal, { runs, clock }: World, since: number): RunTeller {
  const told = new Set<string>();

  async function tell(pushId?: string): Promise<readonly Run[]> {
    const found = await runs.list({ limit: LOOKED_AT, ...(pushId === undefined ? {} : { pushId }) });
    const concerned = found.filter((run) => run.createdAt >= since || !isEnded(run));
    for (const run of [...concerned].reverse()) {
      if (!isEnded(run)) continue;
      if (!told.has(run.key)) terminal.print(endLine(run, clock.now(), terminal));
      told.add(run.key);
    }
    return concerned;
  }

  return {
    async untilPushEnds(pushId, stop) {
      await watch(stop, async () => ((await tell(pushId)).every(isEnded) ? "done" : "again"));
    },
    async forever(stop) {
      await watch(stop, async () => {
        await tell();
        return "again";
      });
    },
  };
}

function endLine(run: Run, now: number, { paint }: Terminal): string {
  const { since, until } = elapsed(run, now);
  const why = endedWell(run) ? "" : `  ${paint("dim", printable(run.reason.text))}`;
  const name = printable(run.jobName).padEnd(24);
  return `  ${statusWord(run, paint, 11)} ${name} ${formatDuration(until - since).padStart(6)}  ${paint("dim", run.key.slice(0, 8))}${why}`;
}
