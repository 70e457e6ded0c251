import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openLog } from "../../../lib/local/supervisor/log-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(write: (log: ReturnType<typeof openLog>) => void, maxBytes?: number): readonly string[] {
  const log = openLog(join(folder, "log"), maxBytes);
  write(log);
  log.close();
  const lines = readFileSync(join(folder, "log"), "utf8").trimEnd().split("\n");
  return lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, ""));
}

describe("the log of a machine", () => {
  it("puts lines together that come in pieces", () => {
    expect(written((log) => ["on", "e\ntw", "o\nthree"].map((chunk) => log.write(chunk)))).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  it("keeps our own lines apart from an unfinished one", () => {
    expect(
      written((log) => {
        log.write("unfinished");
        log.say("ours");
      }),
    ).toEqual(["unfinished", "ours"]);
  });

  it("ends with a sentence when it becomes too long", () => {
    const lines = written((log) => {
      for (let n = 0; n < 100; n++) log.write(`line ${n} ${"x".repeat(100)}\n`);
    }, 1000);

    expect(lines.at(-1)).toBe("the log ends here: it is longer than 1000 bytes");
    expect(lines).toHaveLength(8);
  });

  it("cuts a line that never ends", () => {
    const lines = written((log) => {
      for (let n = 0; n < 10; n++) log.write("x".repeat(10_000));
    });

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(30_000);
    expect(lines.join("")).toBe("x".repeat(100_000));
  });

  it("keeps colours and drops what would steer a terminal", () => {
    expect(written((log) => log.write("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J \x9b2J a\rb\r\n"))).toEqual([
      "\x1b[31mred\x1b[0m ]0;title [2J 2J ab",
    ]);
  });
});
