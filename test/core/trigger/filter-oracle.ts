import { hasChar, type Token } from "../../../lib/core/trigger/pattern.ts";

/**
 * The slow, obviously right matcher: tries every way in which a sequence of tokens can stand for a name,
 * and remembers which (token, character) pairs led nowhere.
 */
export function fitsSlowly(tokens: readonly Token[], name: string): boolean {
  const chars = Array.from(name, (char) => char.codePointAt(0) ?? 0);
  const slash = 47;
  const dead = new Set<number>();
  const fits = (token: number, at: number): boolean => {
    const key = token * (chars.length + 1) + at;
    if (dead.has(key)) return false;
    if (tryAll(token, at)) return true;
    dead.add(key);
    return false;
  };
  const tryAll = (token: number, at: number): boolean => {
    const wanted = tokens[token];
    if (!wanted) return at === chars.length;
    if (wanted.kind === "any" || wanted.kind === "segment") {
      for (let end = at; end <= chars.length; end++) {
        if (fits(token + 1, end)) return true;
        if (wanted.kind === "segment" && chars[end] === slash) return false;
      }
      return false;
    }
    if (wanted.kind === "dirs") {
      if (fits(token + 1, at)) return true;
      for (let end = at + 1; end < chars.length; end++)
        if (chars[end] === slash && fits(token + 1, end + 1)) return true;
      return false;
    }
    const is = (char: number | undefined): boolean => {
      if (char === undefined) return false;
      return wanted.kind === "char" ? char === wanted.code : hasChar(wanted.set, char);
    };
    if (wanted.repeat === "?" && fits(token + 1, at)) return true;
    if (!is(chars[at])) return false;
    if (fits(token + 1, at + 1)) return true;
    return wanted.repeat === "+" && fits(token, at + 1);
  };
  return fits(0, 0);
}
