/**
 * Does a word fit a pattern in which `*` stands for any characters and `?` for one? Everything else stands for itself.
 *
 * The last `*` is the only one that is ever lengthened: what earlier ones took was the shortest that fits, and longer
 * would leave less for the rest. Work: pattern × word.
 */
export function fitsWildcard(pattern: string, word: string): boolean {
  let p = 0;
  let w = 0;
  let star = -1;
  let resume = 0;
  while (w < word.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = w;
    } else if (pattern[p] === "?" || (p < pattern.length && pattern[p] === word[w])) {
      p++;
      w++;
    } else if (star >= 0) {
      p = star + 1;
      w = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
