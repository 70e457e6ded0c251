/** `undefined` is never the value of a JSON text, so it can say "this is no JSON". */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const longDigits = /\d{16,}/;
const longInteger = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Reads a JSON text of a forge without losing a digit: an integer of 16 digits or more comes as a string.
 *
 * Forges count ids in 64 bits; a JavaScript number is exact up to 53, so 9007199254740993 would silently become another job.
 * Undefined for anything that is no JSON.
 */
export function parseJson(text: string): Json | undefined {
  const value = parse(text);
  if (value === undefined || !longDigits.test(text)) return value;
  return parse(quoteLongIntegers(text));
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The text is known to be JSON, so every quote is either a string's or escaped within one: one pass, no backtracking. */
function quoteLongIntegers(json: string): string {
  let out = "";
  let from = 0;
  while (from < json.length) {
    const open = json.indexOf('"', from);
    const end = open === -1 ? json.length : open;
    out += json.slice(from, end).replace(longInteger, '"$&"');
    if (open === -1) break;
    const close = endOfString(json, open);
    out += json.slice(open, close);
    from = close;
  }
  return out;
}

function endOfString(json: string, open: number): number {
  for (let at = open + 1; at < json.length; at += 1) {
    const character = json[at];
    if (character === "\\") at += 1;
    else if (character === '"') return at + 1;
  }
  return json.length;
}
