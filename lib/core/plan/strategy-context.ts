import type { Dialect } from "../dialect.ts";
import { dictionary, resolve, toData } from "../workflow/tree-value.ts";
import { entryOf } from "../workflow/workflow.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import { boolean, none, nothing, number, partial } from "./context-values.ts";
import type { Contexts } from "./contexts.ts";
import type { Combination } from "./matrix.ts";
import { known, type Value } from "./value.ts";

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
  place: MatrixPlace,
): Contexts {
  const values = place.combination?.values;
  const row = values ? [...values].map(([key, value]) => ({ key, value: toData(value) })) : [];
  if (dialect.forge === "gitea") {
    return new Map([...contexts, ["matrix", known(dictionary(row))], ["strategy", giteaStrategy(strategy)]]);
  }
  const matrix = values ? known(dictionary(row)) : none;
  return new Map([...contexts, ["matrix", matrix], ["strategy", githubStrategy(contexts, strategy, place)]]);
}

/** Gitea knows neither index nor total, and takes 4 for the most in parallel where the file says nothing. */
function giteaStrategy(strategy: Tree | undefined): Value {
  if (strategy?.kind !== "mapping") return nothing;
  const failFast = entryOf(strategy, "fail-fast")?.value;
  const most = entryOf(strategy, "max-parallel")?.value;
  const written = (tree: Tree | undefined) => (tree?.kind === "scalar" && tree.value !== null ? tree.source : "");
  const isFalse = ["0", "f", "F", "false", "FALSE", "False"].includes(written(failFast));
  const isTrue = ["", "1", "t", "T", "true", "TRUE", "True"].includes(written(failFast));
  return partial(
    "strategy",
    {
      "fail-fast": boolean(isTrue && !isFalse),
      "max-parallel": /^[-+]?\d+$/.test(written(most))
        ? number(Number(written(most)))
        : number(written(most) === "" ? 4 : 0),
    },
    none,
  );
}

function githubStrategy(contexts: Contexts, strategy: Tree | undefined, { index, total }: MatrixPlace): Value {
  const setting = (key: string, otherwise: Value) => {
    const tree = strategy?.kind === "mapping" ? entryOf(strategy, key)?.value : undefined;
    const resolved = tree && resolve(tree, { forge: "github", contexts });
    return resolved?.kind === "tree" ? known(toData(resolved.tree)) : otherwise;
  };
  const fields = {
    "fail-fast": setting("fail-fast", boolean(true)),
    "job-index": number(index),
    "job-total": number(total),
    "max-parallel": setting("max-parallel", number(total)),
  };
  return partial("strategy", fields, none);
}
