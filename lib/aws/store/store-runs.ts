import { isoOf } from "../../core/iso-time.ts";
import type { Log, RunQuery, Runs } from "../../core/ports.ts";
import { type Row, readRows } from "../../core/run/row.ts";
import { dueOf, endedStatuses, isEnded, type Run, type Status } from "../../core/run/run.ts";
import { decodeRun, encodeRun } from "../../core/run/run-codec.ts";
import { secondsOf } from "./store-expiry.ts";
import type { Item, Table } from "./store-table.ts";

const prefix = "run#";

/** The run rows in the table. */
export function dynamoRuns(table: Table, log: Log): Runs {
  return {
    async create(run) {
      const { kind } = await table.write(runItem(run), "new");
      return kind === "written" ? "created" : "exists";
    },
    async get(key) {
      return decodeWhere(await table.get(prefix + key));
    },
    async save(run, expectedVersion) {
      const next: Run = { ...run, version: expectedVersion + 1 };
      const written = await table.write(runItem(next), expectedVersion);
      if (written.kind === "written") return { kind: "saved", run: next };
      return { kind: "stale", current: decodeWhere(written.current) };
    },
    async due(before, limit) {
      const rows = await table.query({ index: "due", partition: "run", upTo: isoOf(before), limit });
      return rows.map(({ record }) => String(record).slice(prefix.length));
    },
    async open(scope) {
      const beginsWith = scope === undefined ? undefined : `${scope}#`;
      const rows = await table.query({ index: "list", partition: "open run", beginsWith });
      return readRows(rows, decodeRun, log).filter((run) => scope === undefined || run.scope === scope);
    },
    async list(query) {
      const rows = await Promise.all([listOpen(table, query), listEnded(table, query)]);
      const newest = new Map<string, Run>();
      for (const run of readRows(rows.flat(), decodeRun, log)) {
        // A run that ends between the two reads stands in both.
        if ((newest.get(run.key)?.version ?? 0) < run.version) newest.set(run.key, run);
      }
      return [...newest.values()].sort((a, b) => b.createdAt - a.createdAt).slice(0, query.limit);
    },
  };
}

async function listOpen(table: Table, query: RunQuery): Promise<readonly Row[]> {
  const status = query.status?.filter((wanted) => !isEndedStatus(wanted));
  if (status?.length === 0) return [];
  return table.query({ index: "list", partition: "open run", having: havingOf({ ...query, status }) });
}

async function listEnded(table: Table, query: RunQuery): Promise<readonly Row[]> {
  const status = query.status?.filter(isEndedStatus);
  if (status?.length === 0) return [];
  const having = havingOf({ ...query, status });
  return table.query({ index: "list", partition: "ended run", newestFirst: true, having, limit: query.limit });
}

function havingOf({ repo, pushId, status }: RunQuery): Readonly<Record<string, readonly string[]>> {
  return {
    ...(repo !== undefined && { repo: [repo] }),
    ...(pushId !== undefined && { pushId: [pushId] }),
    ...(status && { status }),
  };
}

function isEndedStatus(status: Status): boolean {
  return (endedStatuses as readonly Status[]).includes(status);
}

function decodeWhere(row: Row | undefined): Run | undefined {
  return row && decodeRun(row);
}

/** A run with its places in the indexes: it is due while anything is left to do, and may expire only after that. */
export function runItem(run: Run): Item {
  const due = dueOf(run);
  const ended = isEnded(run);
  const createdAt = isoOf(run.createdAt);
  return {
    ...encodeRun(run),
    record: prefix + run.key,
    ...(due !== undefined && { dueKind: "run", dueOn: isoOf(due) }),
    listKind: ended ? "ended run" : "open run",
    listOrder: ended ? `${createdAt}#${run.key}` : `${run.scope}#${createdAt}#${run.key}`,
    ...(ended && due === undefined && { expiry: secondsOf(run.expiresAt) }),
  };
}
