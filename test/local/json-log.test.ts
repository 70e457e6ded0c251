import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { jsonLog } from "../../lib/local/json-log.ts";

let file = "";
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "dayfly-test-")), "log");
});
afterEach(() => rmSync(join(file, ".."), { recursive: true }));

const clock = { now: () => Date.parse("2026-06-01T12:00:00Z") };

it("writes one JSON line for each entry, errors with their stack", () => {
  const log = jsonLog(file, clock);
  log.info("run claimed", { runKey: "k1" });
  log.error("sweep item failed", { error: new Error("no\nforge") });
  const [first, second] = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(JSON.parse(first!)).toEqual({
    at: "2026-06-01T12:00:00.000Z",
    level: "info",
    message: "run claimed",
    runKey: "k1",
  });
  expect(JSON.parse(second!)).toMatchObject({
    level: "error",
    error: expect.stringContaining("Error: no\nforge\n    at "),
  });
});

it("is readable by its owner only", () => {
  jsonLog(file, clock).info("x");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("sets a file of 10 MB aside, and keeps one such", () => {
  jsonLog(file, clock).info("x");
  truncateSync(file, 10_000_001);
  const log = jsonLog(file, clock);
  log.info("after");
  expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(1);
  expect(existsSync(`${file}.1`)).toBe(true);
});

it("does not fail where it cannot write", () => {
  expect(() => jsonLog(join(file, "none", "log"), clock).info("x")).not.toThrow();
});
