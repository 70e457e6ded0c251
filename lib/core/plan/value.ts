import type { data } from "@actions/expressions";
import { falsy } from "@actions/expressions/result";

/** What is known of an expression's value. */
export type Value =
  | { readonly kind: "known"; readonly data: data.ExpressionData }
  /** An object of which we know some fields, named in lower case; every other one is `rest`, or unknown. */
  | {
      readonly kind: "partial";
      readonly name: string;
      readonly fields: ReadonlyMap<string, Value>;
      readonly rest?: Value;
    }
  /** `truth` where it is known all the same whether it counts as true. */
  | { readonly kind: "unknown"; readonly names: readonly string[]; readonly truth?: boolean };

/** true, false, or undefined where nobody can tell yet. */
export function truth(value: Value): boolean | undefined {
  if (value.kind === "known") return !falsy(value.data);
  return value.kind === "partial" ? true : value.truth;
}

export function known(value: data.ExpressionData): Value {
  return { kind: "known", data: value };
}

export function unknown(names: readonly string[], truth?: boolean): Value {
  return { kind: "unknown", names: [...new Set(names)], ...(truth !== undefined && { truth }) };
}

/** What has to be known first: `vars.RUNNER`. */
export function namesOf(value: Value): readonly string[] {
  if (value.kind === "known") return [];
  return value.kind === "unknown" ? value.names : [value.name];
}
