// A machine's log as people read it. Plain JavaScript, because the page's script uses it as it stands; log-line.d.ts has its types.
import { formatDuration } from "./duration.js";

/** `2026-06-01T12:00:01.200Z text` → how long after `start` it came, and its text without colours. */
export function readLogLine(line, start) {
  const [, time = "", text = line] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s.exec(line) ?? [];
  const at = time === "" ? "" : `+${formatDuration(Date.parse(time) - start)}`;
  return { at, text: withoutColours(text) };
}

function withoutColours(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
  return text.replace(/\u001b\[[\d;]*m/g, "");
}
