import { distance } from "fastest-levenshtein";
import { quote } from "./quote.ts";

/** `; did you mean "branches"?` where a known word is near, else nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  if (word.length > 60) return "";
  const near = known.map((candidate) => ({ candidate, apart: distance(word.toLowerCase(), candidate) }));
  const [best] = near.sort((a, b) => a.apart - b.apart);
  return best && best.apart <= Math.max(1, Math.round(word.length / 2.5))
    ? `; did you mean ${quote(best.candidate)}?`
    : "";
}
