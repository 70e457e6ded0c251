/** More of a foreign text says nothing more to a reader. */
const maxLength = 100;

/** A foreign text for a sentence of ours: in quotes, short, and without characters that move a terminal's cursor. */
export function quote(text: string): string {
  const chars = Array.from(text.slice(0, 2 * maxLength + 2));
  const short = chars.length > maxLength ? `${chars.slice(0, maxLength - 1).join("")}…` : text;
  return `"${short.replace(/\p{C}/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)}"`;
}
