import { data } from "@actions/expressions";
import { boolean, type Contexts, nothing, number } from "./contexts.ts";
import type { Dialect } from "./dialect.ts";
import { known, type Value } from "./expression.ts";
import type { Combination } from "./matrix.ts";
import { dictionary, resolve, toData } from "./tree-value.ts";
import { entryOf } from "./workflow.ts";
import type { Tree } from "./yaml-tree.ts";

/** Which of a matrix's jobs this is. */
export interface MatrixPlace {
  readonly combination: Combination | undefined;
  /** From 0. */
  readonly index: number;
  readonly total: number;
}

/** The contexts of a job plus `matrix` and `strategy`. */
export function matrixContexts(
  dialect: Dialect,
  contexts: Contexts,
  strategy: Tree | undefined,
  { combination, index, total }: MatrixPlace,
): Contexts {
  const row = combination ? [...combination.values].map(([key, value]) => ({ key, value: toData(value) })) : [];
  const matrix = combination ? known(dictionary(row)) : emptyMatrix(dialect);
  return new Map([
    ...contexts,
    ["matrix", matrix],
    ["strategy", dialect.forge === "gitea" ? nothing : githubStrategy(contexts, strategy, index, total)],
  ]);
}

function emptyMatrix(dialect: Dialect): Value {
  return dialect.forge === "gitea" ? nothing : known(new data.Null());
}

function githubStrategy(contexts: Contexts, strategy: Tree | undefined, index: number, total: number): Value {
  const setting = (key: string, otherwise: Value) => {
    const tree = strategy?.kind === "mapping" ? entryOf(strategy, key)?.value : undefined;
    const resolved = tree && resolve(tree, { contexts });
    return resolved?.kind === "tree" ? known(toData(resolved.tree)) : otherwise;
  };
  return {
    kind: "partial",
    name: "strategy",
    fields: new Map([
      ["fail-fast", setting("fail-fast", boolean(true))],
      ["job-index", number(index)],
      ["job-total", number(total)],
      ["max-parallel", setting("max-parallel", number(total))],
    ]),
    rest: known(new data.Null()),
  };
}
