/**
 * A string in which `${{ expressions }}` may stand, cut into its parts.
 *
 * A closing `}}` inside a quoted text of the expression does not count, so this is one scan and no RegExp.
 */
export type Template =
  | { readonly kind: "plain" }
  | { readonly kind: "unclosed" }
  | { readonly kind: "parts"; readonly parts: readonly Part[] };

type Part = { readonly kind: "text"; readonly text: string } | { readonly kind: "expression"; readonly source: string };

export function splitTemplate(text: string): Template {
  const parts: Part[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf("${{", from);
    if (open < 0) break;
    const close = closing(text, open + 3);
    if (close < 0) return { kind: "unclosed" };
    if (open > from) parts.push({ kind: "text", text: text.slice(from, open) });
    parts.push({ kind: "expression", source: text.slice(open + 3, close).trim() });
    from = close + 2;
  }
  if (parts.length === 0) return { kind: "plain" };
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return { kind: "parts", parts };
}

/** The expression, where the whole string is exactly one: then its value keeps its type. */
export function soleExpression(text: string): string | undefined {
  const template = splitTemplate(text.trim());
  if (template.kind !== "parts" || template.parts.length !== 1) return undefined;
  const [part] = template.parts;
  return part?.kind === "expression" ? part.source : undefined;
}

function closing(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text[at] === "}" && text[at + 1] === "}") return at;
  }
  return -1;
}
