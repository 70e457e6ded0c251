import type { Row } from "../../core/run/row.ts";

/** What every table's `row` column gives back. */
export interface RowColumn {
  readonly row: string;
}

export function jsonOf({ row }: RowColumn): Row {
  return JSON.parse(row);
}
