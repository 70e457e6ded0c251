// A machine's log as people read it. Plain JavaScript, because the page's script uses it as it stands; log-line.d.ts has its types.
import { formatDuration } from "./duration.js";

const kinds = { group: "step", error: "error", warning: "warning" };

/**
 * `2026-06-01T12:00:01.200Z ##[group]Run make` → how long after `start` it came, what kind of line it is, and its text
 * without colours. The end of a group is nothing to show.
 */
export function readLogLine(line, start) {
  const [, time = "", text = line] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s.exec(line) ?? [];
  const at = time === "" ? "" : `+${formatDuration(Date.parse(time) - start)}`;
  if (text === "##[endgroup]") return undefined;
  const [, word, rest] = /^##\[(group|error|warning)\](.*)$/s.exec(text) ?? [];
  return { at, kind: word ? kinds[word] : "plain", text: withoutColours(rest ?? text) };
}

function withoutColours(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
  return text.replace(/\u001b\[[\d;]*m/g, "");
}
