import { type CharSet, code, type Repeat, repeatLast, type Token } from "./pattern.ts";

/**
 * What Gitea's patterns inherit from Go's regular expressions, into which every version of Gitea translates them.
 *
 * @source Go, regexp/syntax
 */

/**
 * Reads the `?`s and `+`s that follow the last element. A `?` after another quantifier only makes it lazy, which
 * changes nothing for a whole match; anything more is an error of Go's.
 *
 * @returns where the next element starts, or undefined where Go refuses
 */
export function readRepeats(chars: readonly string[], at: number, tokens: Token[]): number | undefined {
  let lazy = false;
  let next = at;
  for (; isRepeat(chars[next]); next++) {
    const repeat = chars[next] as Repeat;
    if (lazy) return undefined;
    if (repeatLast(tokens, repeat)) continue;
    if (repeat === "+") return undefined;
    lazy = true;
  }
  return next;
}

export function isRepeat(char: string | undefined): char is Repeat {
  return char === "?" || char === "+";
}

/** Members of a class: characters and ranges; a dash that cannot join two characters is itself a member. */
export function readMembers(members: readonly string[]): CharSet["ranges"] | undefined {
  const ranges: [number, number][] = [];
  for (let i = 0; i < members.length; ) {
    const low = code(members[i] ?? "");
    const isRange = members[i + 1] === "-" && i + 2 < members.length;
    const high = isRange ? code(members[i + 2] ?? "") : low;
    if (high < low) return undefined;
    ranges.push([low, high]);
    i += isRange ? 3 : 1;
  }
  return ranges;
}
