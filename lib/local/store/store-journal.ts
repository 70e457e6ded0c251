import { isoOf } from "../../core/iso-time.ts";
import type { Journal, Log } from "../../core/ports.ts";
import {
  decodeDecision,
  decodeDelivery,
  decodeRepository,
  encodeDecision,
  encodeDelivery,
  encodeRepository,
} from "../../core/run/journal-codec.ts";
import { readRows } from "../../core/run/row.ts";
import { type StoreFile, useFile } from "./store-file.ts";
import { jsonOf, type RowColumn } from "./store-json.ts";

/** What came in and what it led to. */
export function localJournal(file: StoreFile, log: Log): Journal {
  const delivery = file.prepare("SELECT row FROM deliveries WHERE forge = ? AND id = ?");
  const decisions = file.prepare("SELECT row FROM decisions ORDER BY at DESC, rowid DESC LIMIT ?");
  const repository = file.prepare("SELECT row FROM repositories WHERE forge = ? AND repoId = ?");
  const repositories = file.prepare("SELECT row FROM repositories ORDER BY forge, repo");
  const putDelivery = file.prepare(writeDelivery);
  const putDecision = file.prepare(writeDecision);
  const putComparison = file.prepare(writeComparison);
  const putRepository = file.prepare(writeRepository);

  return {
    async recordDelivery(record) {
      const { forge, id, event, outcome, reason = null } = record;
      const row = JSON.stringify(encodeDelivery(record));
      const repo = record.repo.name;
      useFile(() => putDelivery.run({ forge, id, event, repo, outcome, reason, at: isoOf(record.at), row }));
    },
    async delivery(forge, id) {
      const found = useFile(() => delivery.get(forge, id) as RowColumn | undefined);
      return found && decodeDelivery(jsonOf(found));
    },
    async recordDecision(record) {
      const { forge, pushId, event, ref } = record;
      const row = JSON.stringify(encodeDecision(record));
      useFile(() => putDecision.run({ forge, pushId, repo: record.repo.name, event, ref, at: isoOf(record.at), row }));
    },
    async recordComparison({ forge, pushId }, compared) {
      useFile(() => putComparison.run({ forge, pushId, compared: JSON.stringify(compared) }));
    },
    async decisions(limit) {
      const rows = useFile(() => decisions.all(limit) as RowColumn[]);
      return readRows(rows.map(jsonOf), decodeDecision, log);
    },
    async repository(forge, repoId) {
      const found = useFile(() => repository.get(forge, repoId) as RowColumn | undefined);
      return found && decodeRepository(jsonOf(found));
    },
    async repositories() {
      const rows = useFile(() => repositories.all() as RowColumn[]);
      return readRows(rows.map(jsonOf), decodeRepository, log);
    },
    async saveRepository(record) {
      const { forge, id: repoId, name: repo } = record;
      const sendsJobEvents = record.sendsJobEvents ? 1 : 0;
      const row = JSON.stringify(encodeRepository(record));
      useFile(() => putRepository.run({ forge, repoId, repo, sendsJobEvents, row }));
    },
  };
}

const writeDelivery = `
  INSERT INTO deliveries (forge, id, event, repo, outcome, reason, at, row)
  VALUES (@forge, @id, @event, @repo, @outcome, @reason, @at, @row)
  ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason, at = excluded.at, row = excluded.row
  WHERE excluded.outcome <> 'received'`;

const writeDecision = `
  INSERT INTO decisions (forge, pushId, repo, event, ref, at, row) VALUES (@forge, @pushId, @repo, @event, @ref, @at, @row)
  ON CONFLICT DO NOTHING`;

const writeComparison = `
  UPDATE decisions SET row = json_set(row, '$.compared', json(@compared)) WHERE forge = @forge AND pushId = @pushId`;

/** That a repository sends job events is never forgotten again, neither in the column nor in the row. */
const writeRepository = `
  INSERT INTO repositories (forge, repoId, repo, sendsJobEvents, row) VALUES (@forge, @repoId, @repo, @sendsJobEvents, @row)
  ON CONFLICT DO UPDATE SET repo = excluded.repo, sendsJobEvents = max(sendsJobEvents, excluded.sendsJobEvents),
    row = iif(sendsJobEvents, json_set(excluded.row, '$.sendsJobEvents', json('true')), excluded.row)`;
