import { isoOf } from "../../core/iso-time.ts";
import type { Log, Runs } from "../../core/ports.ts";
import { readRows } from "../../core/run/row.ts";
import { dueOf, isEnded, type Run } from "../../core/run/run.ts";
import { decodeRun, encodeRun } from "../../core/run/run-codec.ts";
import { type StoreFile, useFile } from "./store-file.ts";
import { jsonOf, type RowColumn } from "./store-json.ts";

export interface LocalRuns extends Runs {
  /** For the claim, inside its transaction. Says whether it wrote. */
  saveNow(run: Run, expectedVersion: number): boolean;
}

/** The run rows in the store's file. */
export function localRuns(file: StoreFile, log: Log): LocalRuns {
  const get = file.prepare("SELECT row FROM runs WHERE key = ?");
  const due = file.prepare("SELECT key FROM runs WHERE dueAt <= ? ORDER BY dueAt LIMIT ?");
  const open = file.prepare("SELECT row FROM runs WHERE endedAt IS NULL");
  const openIn = file.prepare("SELECT row FROM runs WHERE endedAt IS NULL AND scope = ?");
  const insert = file.prepare(insertRun);
  const update = file.prepare(updateRun);

  function find(key: string): Run | undefined {
    const found = get.get(key) as RowColumn | undefined;
    return found && decodeRun(jsonOf(found));
  }

  function saveNow(run: Run, expectedVersion: number): boolean {
    const next: Run = { ...run, version: expectedVersion + 1 };
    return update.run({ ...columnsOf(next), expectedVersion }).changes === 1;
  }

  return {
    saveNow,
    async create(run) {
      return useFile(() => (insert.run(columnsOf(run)).changes === 1 ? "created" : "exists"));
    },
    async get(key) {
      return useFile(() => find(key));
    },
    async save(run, expectedVersion) {
      return useFile(() => {
        if (saveNow(run, expectedVersion)) return { kind: "saved", run: { ...run, version: expectedVersion + 1 } };
        return { kind: "stale", current: find(run.key) };
      });
    },
    async due(before, limit) {
      return useFile(() => (due.all(isoOf(before), limit) as { key: string }[]).map(({ key }) => key));
    },
    async open(scope) {
      const rows = useFile(() => (scope === undefined ? open.all() : openIn.all(scope)) as RowColumn[]);
      return readRows(rows.map(jsonOf), decodeRun, log);
    },
    async list(query) {
      // Absent wishes are NULL, so one statement serves every combination.
      const { limit, repo = null, pushId = null, status } = query;
      const wished = { limit, repo, pushId, status: status ? JSON.stringify(status) : null };
      const rows = useFile(() => file.prepare(listRuns).all(wished) as RowColumn[]);
      return readRows(rows.map(jsonOf), decodeRun, log);
    },
  };
}

const columnNames =
  "key, version, scope, repo, status, reason, job, instance, pushId, createdAt, dueAt, endedAt, expiresAt, row";
const values = columnNames.replaceAll(/\w+/g, "@$&");

const insertRun = `INSERT INTO runs (${columnNames}) VALUES (${values}) ON CONFLICT DO NOTHING`;
const updateRun = `UPDATE runs SET (${columnNames}) = (${values}) WHERE key = @key AND version = @expectedVersion`;
const listRuns = `
  SELECT row FROM runs
  WHERE (@repo IS NULL OR repo = @repo) AND (@pushId IS NULL OR pushId = @pushId)
    AND (@status IS NULL OR status IN (SELECT value FROM json_each(@status)))
  ORDER BY createdAt DESC, rowid DESC LIMIT @limit`;

function columnsOf(run: Run) {
  const { key, version, scope, repo, status, pushId = null } = run;
  const due = dueOf(run);
  return {
    ...{ key, version, scope, repo, status, pushId },
    reason: run.reason.text,
    job: run.jobName,
    instance: "instanceId" in run ? (run.instanceId ?? null) : null,
    createdAt: isoOf(run.createdAt),
    dueAt: due === undefined ? null : isoOf(due),
    endedAt: isEnded(run) ? isoOf(run.endedAt) : null,
    expiresAt: isEnded(run) ? isoOf(run.expiresAt) : null,
    row: JSON.stringify(encodeRun(run)),
  };
}
