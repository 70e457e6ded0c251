import type { Instant } from "../../lib/core/event.ts";
import type { Clock, RunQuery, Runs } from "../../lib/core/ports.ts";
import { dueOf, isEnded, type Run } from "../../lib/core/run/run.ts";

export interface MemoryRuns extends Runs {
  /** Every row, in order of creation: for invariants. */
  all(): readonly Run[];
  /** Index reads (`due`, `open`, `list`) answer as of so many seconds ago, as a real index may. */
  setIndexLag(seconds: number): void;
  /** For the claim, which writes a run and a machine or neither. */
  saveNow(run: Run, expectedVersion: number): boolean;
}

interface Written {
  readonly at: Instant;
  readonly run: Run;
}

export function memoryRuns(clock: Clock): MemoryRuns {
  /** Oldest first; the last one is what a strong read sees. */
  const rows = new Map<string, Written[]>();
  let lagMs = 0;

  function strong(key: string): Run | undefined {
    return rows.get(key)?.at(-1)?.run;
  }

  function indexed(): Run[] {
    const asOf = clock.now() - lagMs;
    return [...rows.values()].flatMap((writes) => writes.findLast(({ at }) => at <= asOf)?.run ?? []);
  }

  function saveNow(run: Run, expectedVersion: number): boolean {
    if (strong(run.key)?.version !== expectedVersion) return false;
    rows.get(run.key)?.push({ at: clock.now(), run: structuredClone({ ...run, version: expectedVersion + 1 }) });
    return true;
  }

  return {
    saveNow,
    setIndexLag(seconds) {
      lagMs = seconds * 1000;
    },
    all: () => [...rows.keys()].map((key) => strong(key) as Run),
    async create(run) {
      if (rows.has(run.key)) return "exists";
      rows.set(run.key, [{ at: clock.now(), run: structuredClone(run) }]);
      return "created";
    },
    async get(key) {
      return strong(key);
    },
    async save(run, expectedVersion) {
      const saved = saveNow(run, expectedVersion);
      const current = strong(run.key);
      return saved && current ? { kind: "saved", run: current } : { kind: "stale", current };
    },
    async due(before, limit) {
      return indexed()
        .filter((run) => dueTime(run) <= before)
        .sort((a, b) => dueTime(a) - dueTime(b))
        .slice(0, limit)
        .map((run) => run.key);
    },
    async open(scope) {
      return indexed().filter((run) => (scope === undefined || run.scope === scope) && !isEnded(run));
    },
    async list(query) {
      return indexed()
        .filter((run) => answers(run, query))
        .sort((a, b) => b.createdAt - a.createdAt)
        .slice(0, query.limit);
    },
  };
}

function dueTime(run: Run): Instant {
  return dueOf(run) ?? Number.POSITIVE_INFINITY;
}

function answers(run: Run, { repo, status, pushId }: RunQuery): boolean {
  if (repo !== undefined && run.repo !== repo) return false;
  if (status !== undefined && !status.includes(run.status)) return false;
  return pushId === undefined || run.pushId === pushId;
}
