import { data } from "@actions/expressions";
import { dictionary } from "../workflow/tree-value.ts";
import { known, type Value } from "./value.ts";

/** The values of which contexts are made. */

export function text(value: string): Value {
  return known(new data.StringData(value));
}

export function number(value: number): Value {
  return known(new data.NumberData(value));
}

export function boolean(value: boolean): Value {
  return known(new data.BooleanData(value));
}

export const none: Value = known(new data.Null());

/** An object without any field. */
export const nothing: Value = known(dictionary([]));

export function optional(value: string | undefined): Value | undefined {
  return value === undefined ? undefined : text(value);
}

export function texts(record: Readonly<Record<string, string>>): Value {
  const pairs = Object.entries(record).map(([key, value]) => ({ key, value: new data.StringData(value) }));
  return known(dictionary(pairs));
}

/** An object of which these fields are known; the others are `rest`, or unknown. */
export function partial(
  name: string,
  fields: Readonly<Record<string, Value | undefined>>,
  rest?: Value,
): Extract<Value, { kind: "partial" }> {
  const present = Object.entries(fields).flatMap(([key, value]) =>
    value ? [[key.toLowerCase(), value] as const] : [],
  );
  return { kind: "partial", name, fields: new Map(present), ...(rest && { rest }) };
}
