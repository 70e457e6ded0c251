import { expect, it } from "@jest/globals";
import { readLogLine } from "../../lib/dashboard/assets/log-line.js";

const start = Date.parse("2026-06-01T12:00:00.000Z");

it.each([
  { line: "2026-06-01T12:00:01.200Z npm test", at: "+1.2 s", text: "npm test" },
  { line: "2026-06-01T12:00:01.200Z ", at: "+1.2 s", text: "" },
  { line: "2026-06-01T11:59:59.000Z clock set back", at: "+0.0 s", text: "clock set back" },
  { line: "2026-06-01T12:00:00.000Z \u001b[1;31mred\u001b[0m", at: "+0.0 s", text: "red" },
  { line: "without a time", at: "", text: "without a time" },
])("$line → $at | $text", ({ line, at, text }) => expect(readLogLine(line, start)).toEqual({ at, text }));
