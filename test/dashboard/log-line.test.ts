import { expect, it } from "@jest/globals";
import { readLogLine } from "../../lib/dashboard/assets/log-line.js";

const start = Date.parse("2026-06-01T12:00:00.000Z");

it.each([
  { line: "2026-06-01T12:00:01.200Z npm test", at: "+1.2 s", kind: "plain", text: "npm test" },
  { line: "2026-06-01T12:00:01.200Z ", at: "+1.2 s", kind: "plain", text: "" },
  { line: "2026-06-01T11:59:59.000Z clock set back", at: "+0.0 s", kind: "plain", text: "clock set back" },
  { line: "2026-06-01T12:00:00.000Z \u001b[1;31mred\u001b[0m", at: "+0.0 s", kind: "plain", text: "red" },
  { line: "without a time", at: "", kind: "plain", text: "without a time" },
  { line: "2026-06-01T12:00:00.000Z ##[group]Run make", at: "+0.0 s", kind: "step", text: "Run make" },
  { line: "2026-06-01T12:00:00.000Z ##[error]exit code 7", at: "+0.0 s", kind: "error", text: "exit code 7" },
  { line: "2026-06-01T12:00:00.000Z ##[debug]x", at: "+0.0 s", kind: "plain", text: "##[debug]x" },
])("$line → $at | $kind | $text", ({ line, at, kind, text }) => {
  expect(readLogLine(line, start)).toEqual({ at, kind, text });
});

it("shows nothing for the end of a group", () => {
  expect(readLogLine("2026-06-01T12:00:00.000Z ##[endgroup]", start)).toBeUndefined();
});
