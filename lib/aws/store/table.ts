/**
 * The one table. The stack makes it from this, the store adapters read and write it by this.
 *
 * Every record is one item, under plain names (lib/core/run/*-codec.ts), times as ISO text. Beside those stand:
 *
 * | attribute   | what it is                                                                                        |
 * |-------------|---------------------------------------------------------------------------------------------------|
 * | `record`    | partition key: kind and identity, `run#4f3a…`; no sort key, so load spreads over all keys          |
 * | `dueKind`   | only while something is left to do: `run`, `machine`, `deploy`; partition of the index `due`                 |
 * | `dueOn`     | when to look at it; sort key of `due`                                                              |
 * | `listKind`  | what a list shows it among: `open run`, `ended run`, `decision`, `deploy`, …; partition of `list` |
 * | `listOrder` | its place there: open runs by scope, the others by time                                            |
 * | `expiry`    | when DynamoDB may delete it, in seconds; only on what has ended                                    |
 * | `writer`    | random, of the last write: who is told "there is one already" knows whether it was himself         |
 *
 * | question                                     | answered by                                                       |
 * |----------------------------------------------|-------------------------------------------------------------------|
 * | `get`, `find`, `delivery`, `repository`       | strong read of one key                                            |
 * | `due(before)`                                | `due`: `run`, up to an instant: open work only, whatever has ended |
 * | `live()`                                     | `due`: `machine`, then strong reads                                |
 * | `open(scope)`, `open()`                      | `list`: `open run`, those that begin with the scope, or all        |
 * | `list(…)`                                    | `list`: `open run` merged with `ended run`, newest first           |
 * | `decisions(limit)`, `repositories()`         | `list`                                                            |
 * | `byRunner`, `byToken`                        | two strong reads: a signpost `runner#…` or `token#…` names the machine, whose own row must agree |
 *
 * Two indexes, because a row can stand in one partition of an index only: what is due is asked across all scopes, what is
 * open is asked per scope. `due` holds keys only, so it costs one small write; one of its partitions takes 1,000 writes a
 * second, some hundred times what a busy installation needs.
 */
export const tableKeys = {
  partition: "record",
  indexes: {
    due: { partition: "dueKind", sort: "dueOn", projection: "KEYS_ONLY" },
    list: { partition: "listKind", sort: "listOrder", projection: "ALL" },
  },
  /** Attribute that holds seconds since 1970; DynamoDB deletes the item some time after. */
  timeToLive: "expiry",
} as const;

/** All key attributes are text. */
export type TableIndex = keyof typeof tableKeys.indexes;
