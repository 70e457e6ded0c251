import type { Dialect } from "../dialect.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import type { Scope } from "./expression.ts";
import type { Matrix } from "./matrix.ts";
import { expandForGitea } from "./matrix-gitea.ts";
import { expandForGithub } from "./matrix-github.ts";

/** The combinations of a job's `strategy:` in the order and with the names of its forge. */
export function expandStrategy(dialect: Dialect, strategy: Tree | undefined, scope: Scope): Matrix {
  if (!strategy) return { kind: "none" };
  return dialect.forge === "gitea" ? expandForGitea(dialect, strategy) : expandForGithub(strategy, scope);
}
