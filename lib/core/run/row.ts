import type { z } from "zod";
import { WorldError } from "../errors.ts";
import type { Log } from "../ports.ts";

/** What a store holds of one record: plain names, plain values, times as ISO text. The same on every store. */
export type Row = Readonly<Record<string, unknown>>;

/** One reader per property of T: a property that a codec forgets does not compile. */
export type Shape<T> = Record<keyof T, z.ZodType>;

/**
 * Reads one row, whoever wrote it.
 *
 * @param what how a person would name the row: `run 4f3a…`
 * @throws WorldError, not retryable, that names the row and the first thing that is wrong with it
 */
export function readRow<T extends z.ZodType>(what: string, shape: T, row: unknown): z.output<T> {
  const read = shape.safeDecode(row as z.input<T>);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new WorldError(`the stored ${what} cannot be read: ${where}${issue?.message}`, { retryable: false });
}

/**
 * Reads many rows. One that cannot be read is left out and told to the log: a single broken row, edited by hand perhaps,
 * must not hide all others.
 */
export function readRows<T>(rows: readonly unknown[], decode: (row: unknown) => T, log: Log): readonly T[] {
  const records: T[] = [];
  for (const row of rows) {
    try {
      records.push(decode(row));
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      log.error("a stored row is left out", { problem: error.message });
    }
  }
  return records;
}
