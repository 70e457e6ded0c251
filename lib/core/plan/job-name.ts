import { type Dialect, giteaFrom } from "../dialect.ts";
import type { Position } from "../errors.ts";
import type { Tree } from "../workflow/yaml-tree.ts";
import { interpolate, type Scope } from "./expression.ts";
import type { Combination } from "./matrix.ts";
import { splitTemplate } from "./template.ts";

export type JobName =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "invalid"; readonly at: Position; readonly text: string };

/**
 * The name under which the forge shows a job and reports it in its job events.
 * A part that only the forge knows stays as it is written: `on ${{ vars.ZONE }}`.
 *
 * @param scope without it (a skipped job) nothing is evaluated
 */
export function jobName(
  dialect: Dialect,
  id: string,
  name: Tree | undefined,
  combination: Combination | undefined,
  scope: Scope | undefined,
): JobName {
  const written = name?.kind === "scalar" && name.value !== null && name.source !== "" ? name.source : id;
  if (!scope) return { kind: "name", name: written };
  const at = name?.at ?? { line: 1, column: 1 };
  if (dialect.forge === "gitea") return forGitea(dialect, written, at, combination, scope);

  // rule values-behind-plain-names: GitHub adds a matrix's values to a name without expressions
  if (splitTemplate(written).kind === "plain") return { kind: "name", name: withValues(written, combination) };
  const value = interpolate(written, scope);
  if (value.kind === "error") return { kind: "invalid", at, text: value.text };
  return { kind: "name", name: value.kind === "known" ? value.data.coerceString() : written };
}

/** Without a matrix Gitea never interpolates a name; with one, an expression takes the place of the values in brackets. */
function forGitea(
  dialect: Dialect,
  written: string,
  at: Position,
  combination: Combination | undefined,
  scope: Scope,
): JobName {
  // rule names-without-matrix: Gitea interpolates a name only where there is a matrix
  if (!combination || combination.values.size === 0) return { kind: "name", name: ellipsis(written) };
  // rule values-or-expression: Gitea adds values unless the name has an expression
  if (!written.includes("${{") || !written.includes("}}")) {
    return { kind: "name", name: ellipsis(`${written} (${combination.shown.join(", ")})`) };
  }
  const value = interpolate(written, scope);
  if (value.kind === "known") return { kind: "name", name: ellipsis(value.data.coerceString()) };
  if (value.kind !== "error") return { kind: "name", name: ellipsis(written) };
  return giteaFrom(dialect, 1, 27) ? { kind: "invalid", at, text: value.text } : { kind: "name", name: "" };
}

/** GitHub cuts names that carry values at 100 characters. */
function withValues(written: string, combination: Combination | undefined): string {
  if (!combination) return written;
  const name = combination.shown.length > 0 ? `${written} (${combination.shown.join(", ")})` : written;
  // rule long-names [100 → 1000]: GitHub cuts what it has added values to
  return name.length > 100 ? `${name.slice(0, 97)}...` : name;
}

/** Gitea's column holds 255: a longer name is cut there, counting wide characters twice. */
// rule long-names-in-gitea [255 → 9999]: its column is that wide
const giteaWidth = 255;

function ellipsis(name: string): string {
  if (new TextEncoder().encode(name).length <= giteaWidth) return name;
  const runes = [...name];
  let used = 0;
  let cut = 0;
  for (const rune of runes) {
    if (used + width(rune) + 3 > giteaWidth) break;
    used += width(rune);
    cut++;
  }
  const rest = runes.slice(cut);
  const fits = rest.length <= 3 && used + rest.reduce((sum, rune) => sum + width(rune), 0) <= giteaWidth;
  return fits ? name : `${runes.slice(0, cut).join("")}…`;
}

function width(rune: string): number {
  if ((rune.codePointAt(0) ?? 0) <= 255) return 1;
  return rune !== "\u3000" && /^[\p{M}\p{Cf}\p{Cs}\p{Z}]$/u.test(rune) ? 1 : 2;
}
