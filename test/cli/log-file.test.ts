import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { readLog } from "../../lib/cli/log-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function logWith(text: string): string {
  const file = join(folder, "log");
  writeFileSync(file, text);
  return file;
}

it("knows no log where there is no file", async () => {
  expect(await readLog(join(folder, "none"), 0)).toBeUndefined();
});

it.each([
  { text: "one\ntwo\n", from: 0, part: { text: "one\ntwo\n", from: 0, next: 8 }, because: "whole lines" },
  {
    text: "one\ntwo",
    from: 0,
    part: { text: "one\n", from: 0, next: 4 },
    because: "a line that is being written waits",
  },
  { text: "one\ntwo\n", from: 4, part: { text: "two\n", from: 4, next: 8 }, because: "from a place on" },
  { text: "one\n", from: 4, part: { text: "", from: 4, next: 4 }, because: "nothing new" },
  { text: "one\n", from: 99, part: { text: "", from: 4, next: 4 }, because: "a place behind the end is the end" },
  { text: "one\ntwo\n", from: -5, part: { text: "two\n", from: 4, next: 8 }, because: "the end, without the cut line" },
  { text: "one\n", from: -99, part: { text: "one\n", from: 0, next: 4 }, because: "a short log is its own end" },
  { text: "ä\n日本\n", from: -5, part: { text: "", from: 10, next: 10 }, because: "no half characters" },
])("$because: $text from $from", async ({ text, from, part }) => {
  expect(await readLog(logWith(text), from)).toEqual(part);
});

it("reads a long log in parts that together are the log", async () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `line ${index} äöü\n`).join("");
  const file = logWith(text);
  const parts = [];
  let next = 0;
  for (let part = await readLog(file, next); part && part.next > next; part = await readLog(file, next)) {
    parts.push(part.text);
    next = part.next;
  }
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.join("")).toBe(text);
});
