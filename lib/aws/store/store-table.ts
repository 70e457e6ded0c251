import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { WorldError } from "../../core/errors.ts";
import type { Row } from "../../core/run/row.ts";
import { asWorldError, isConflict, isRefused, refusals } from "./store-errors.ts";
import { type Condition, conditionOf, type Range, rangeOf, updateOf } from "./store-expressions.ts";

/** A row with its key, and with its places in the indexes where it has any. */
export type Item = Row & { readonly record: string };

export type Written = { readonly kind: "written" } | { readonly kind: "refused"; readonly current: Row | undefined };

/** One write of a transaction; without a condition it cannot be refused. */
export interface Action {
  readonly item: Item;
  readonly condition?: Condition;
}

/** The few things that the store adapters do with the table; every failure becomes a WorldError. */
export interface Table {
  /** Strongly consistent. */
  get(record: string): Promise<Row | undefined>;
  /** Strongly consistent; those that do not exist are left out. */
  getAll(records: readonly string[]): Promise<readonly Row[]>;
  /** Writes only under the condition; otherwise hands back what is there. */
  write(item: Item, condition: Condition): Promise<Written>;
  put(item: Item): Promise<void>;
  /** Sets these attributes, and those of `first` only where there are none yet. */
  amend(record: string, set: Row, first: Row): Promise<void>;
  /** All or nothing; otherwise says of each action whether its condition refused it. */
  transact(actions: readonly Action[]): Promise<"written" | readonly boolean[]>;
  query(range: Range): Promise<readonly Row[]>;
}

/** BatchGetItem takes at most so many keys. */
const BATCH = 100;
const CONFLICT_TRIES = 5;

export function storeTable(client: DynamoDBDocumentClient, tableName: string): Table {
  const TableName = tableName;

  async function get(record: string): Promise<Row | undefined> {
    const read = new GetCommand({ TableName, Key: { record }, ConsistentRead: true });
    return (await client.send(read).catch(failed("GetItem"))).Item;
  }

  async function getBatch(records: readonly string[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    let Keys: Record<string, unknown>[] = records.map((record) => ({ record }));
    for (let tries = 0; Keys.length > 0; tries++) {
      if (tries === 10) throw new WorldError("dynamodb BatchGetItem: keys are left over", { retryable: true });
      const read = new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } });
      const { Responses, UnprocessedKeys } = await client.send(read).catch(failed("BatchGetItem"));
      rows.push(...(Responses?.[TableName] ?? []));
      Keys = UnprocessedKeys?.[TableName]?.Keys ?? [];
    }
    return rows;
  }

  return {
    get,
    async getAll(records) {
      const rows: Row[] = [];
      for (let n = 0; n < records.length; n += BATCH) rows.push(...(await getBatch(records.slice(n, n + BATCH))));
      return rows;
    },
    async write(item, condition) {
      // The SDK tries again when an answer is lost; by its mark the second try knows the first one's work.
      const writer = randomUUID();
      try {
        await client.send(new PutCommand({ TableName, Item: { ...item, writer }, ...conditionOf(condition) }));
        return { kind: "written" };
      } catch (error) {
        if (!isRefused(error)) throw asWorldError("PutItem", error);
        const current = await get(item.record);
        return current?.writer === writer ? { kind: "written" } : { kind: "refused", current };
      }
    },
    async put(item) {
      await client.send(new PutCommand({ TableName, Item: item })).catch(failed("PutItem"));
    },
    async amend(record, set, first) {
      const update = new UpdateCommand({ TableName, Key: { record }, ...updateOf(set, first) });
      await client.send(update).catch(failed("UpdateItem"));
    },
    async transact(actions) {
      const TransactItems = actions.map(({ item, condition }) => ({
        Put: { TableName, Item: item, ...(condition && conditionOf(condition)) },
      }));
      for (let tries = 1; ; tries++) {
        try {
          // The SDK adds a token, so its own tries after a lost answer count as one.
          await client.send(new TransactWriteCommand({ TransactItems }));
          return "written";
        } catch (error) {
          const refused = refusals(error);
          if (refused) return refused;
          if (!isConflict(error) || tries === CONFLICT_TRIES) throw asWorldError("TransactWriteItems", error);
          await setTimeout(Math.random() * 50 * tries);
        }
      }
    },
    async query(range) {
      const rows: Row[] = [];
      const enough = range.limit ?? Number.POSITIVE_INFINITY;
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const query = new QueryCommand({ TableName, ...rangeOf(range), ExclusiveStartKey });
        const page = await client.send(query).catch(failed("Query"));
        rows.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey && rows.length < enough);
      return rows.slice(0, range.limit);
    },
  };
}

function failed(operation: string): (error: unknown) => never {
  return (error) => {
    throw asWorldError(operation, error);
  };
}
