import type { Row } from "../../core/run/row.ts";
import { type TableIndex, tableKeys } from "./table.ts";

/** DynamoDB's expressions. Names and values always travel beside them, so no word of ours is ever a reserved one. */
interface Expression {
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** `new`: no such item yet. A number: the item's version is this one. */
export type Condition = "new" | number;

export function conditionOf(condition: Condition): Expression & { readonly ConditionExpression: string } {
  if (condition === "new") {
    const ExpressionAttributeNames = { "#key": tableKeys.partition };
    return { ConditionExpression: "attribute_not_exists(#key)", ExpressionAttributeNames };
  }
  return {
    ConditionExpression: "#version = :version",
    ExpressionAttributeNames: { "#version": "version" },
    ExpressionAttributeValues: { ":version": condition },
  };
}

export interface Range {
  readonly index: TableIndex;
  /** Value of the index's partition key. */
  readonly partition: string;
  /** Only sort keys up to and with this one. */
  readonly upTo?: string;
  /** Only sort keys that begin so. */
  readonly beginsWith?: string;
  readonly newestFirst?: boolean;
  /** Attributes that must have one of these values. */
  readonly having?: Readonly<Record<string, readonly string[]>>;
  readonly limit?: number;
}

export function rangeOf({ index, partition, upTo, beginsWith, newestFirst, having = {}, limit }: Range) {
  const keys = tableKeys.indexes[index];
  const names: Record<string, string> = { "#partition": keys.partition };
  const values: Record<string, unknown> = { ":partition": partition };
  const conditions = ["#partition = :partition"];
  if (upTo !== undefined || beginsWith !== undefined) {
    names["#sort"] = keys.sort;
    values[":sort"] = upTo ?? beginsWith;
    conditions.push(upTo !== undefined ? "#sort <= :sort" : "begins_with(#sort, :sort)");
  }

  const filters: string[] = [];
  for (const [n, [name, wanted]] of Object.entries(having).entries()) {
    names[`#f${n}`] = name;
    const places = wanted.map((_, m) => `:f${n}v${m}`);
    for (const [m, place] of places.entries()) values[place] = wanted[m];
    filters.push(`#f${n} IN (${places.join(", ")})`);
  }

  return {
    IndexName: index,
    KeyConditionExpression: conditions.join(" AND "),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ScanIndexForward: !newestFirst,
    // DynamoDB counts before it filters: a limit beside a filter would only make the pages small.
    ...(filters.length > 0 ? { FilterExpression: filters.join(" AND ") } : { Limit: limit }),
  };
}

export function updateOf(set: Row, first: Row): Expression & { readonly UpdateExpression: string } {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const clauses: string[] = [];
  for (const [n, [name, value]] of Object.entries({ ...set, ...first }).entries()) {
    names[`#a${n}`] = name;
    values[`:a${n}`] = value;
    clauses.push(name in first ? `#a${n} = if_not_exists(#a${n}, :a${n})` : `#a${n} = :a${n}`);
  }
  const UpdateExpression = `SET ${clauses.join(", ")}`;
  return { UpdateExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values };
}
