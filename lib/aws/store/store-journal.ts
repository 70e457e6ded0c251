import type { Journal, Log } from "../../core/ports.ts";
import { decodeDelivery, decodeRepository, encodeDelivery, encodeRepository } from "../../core/run/journal-codec.ts";
import { readRows } from "../../core/run/row.ts";
import { decisionItem, readDecision } from "./store-decision.ts";
import { expiryAfter } from "./store-expiry.ts";
import type { Table } from "./store-table.ts";

/** What came in and what it led to, in the table. */
export function dynamoJournal(table: Table, log: Log): Journal {
  return {
    async recordDelivery(delivery) {
      const record = deliveryKey(delivery.forge, delivery.id);
      const item = { ...encodeDelivery(delivery), record, expiry: expiryAfter(delivery.at) };
      if (delivery.outcome === "received") await table.write(item, "new");
      else await table.put(item);
    },
    async delivery(forge, id) {
      const row = await table.get(deliveryKey(forge, id));
      return row && decodeDelivery(row);
    },
    async recordDecision(decision) {
      await table.write(decisionItem(decision), "new");
    },
    async recordComparison(decision, compared) {
      await table.put(decisionItem({ ...decision, compared }));
    },
    async decisions(limit) {
      const rows = await table.query({ index: "list", partition: "decision", newestFirst: true, limit });
      return readRows(rows, readDecision, log);
    },
    async repository(forge, repoId) {
      const row = await table.get(repositoryKey(forge, repoId));
      return row && decodeRepository(row);
    },
    async saveRepository(repository) {
      const { sendsJobEvents, ...row } = encodeRepository(repository);
      const places = { listKind: "repository", listOrder: `${repository.forge}#${repository.name}` };
      // What is true stays true: "false" is only written where nothing is known yet.
      const known = sendsJobEvents ? { sendsJobEvents } : {};
      const first = sendsJobEvents ? {} : { sendsJobEvents };
      await table.amend(repositoryKey(repository.forge, repository.id), { ...row, ...places, ...known }, first);
    },
    async repositories() {
      return readRows(await table.query({ index: "list", partition: "repository" }), decodeRepository, log);
    },
  };
}

function deliveryKey(forge: string, id: string): string {
  return `delivery#${forge}#${id}`;
}

function repositoryKey(forge: string, repoId: string): string {
  return `repository#${forge}#${repoId}`;
}
