import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fits, type Word } from "../../lib/core/deploy/deploy-request.ts";
import { hostileText } from "../aws/hostile-text.ts";

const reader = fileURLToPath(new URL("words.sh", import.meta.url));
const words: readonly (readonly [string, Word])[] = [
  ["app", "app"],
  ["env", "env"],
  ["tag", "tag"],
  ["digest", "digest"],
  ["commit", "commit"],
  ["id", "id"],
  ["fence", "fence"],
  ["not_after", "notAfter"],
  ["mode", "mode"],
  ["bundle", "bundle"],
];
/** A word may not be left out in these. */
const needed = new Set(["app", "env", "mode"]);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-words-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Those that deployctl takes; run in a folder of its own, where a text that is executed leaves a file. */
function taken(word: string, texts: readonly string[]): readonly string[] {
  const input = Buffer.from(texts.map((text) => `${text}\0`).join(""));
  const answer = execFileSync(reader, [word], { input, cwd: folder, encoding: "utf8" });
  expect(answer).toHaveLength(texts.length);
  return texts.filter((_, at) => answer[at] === "y");
}

describe("2-06 2-07 deployctl's words", () => {
  it.each(words)("%s: of 5,000 hostile texts none is executed and none outside the grammar is taken", (word, name) => {
    const texts = fc
      .sample(hostileText, 5_000)
      // No variable of a process can hold a zero byte, and half a character does not survive the way here.
      .map((text) => Buffer.from(text.replaceAll("\0", "").replaceAll("id", "touch owned")).toString());
    expect(taken(word, texts)).toEqual(texts.filter((text) => fits(name, text) || (text === "-" && !needed.has(word))));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes what is in the grammar: the reader above does not say no to everything", () => {
    expect(taken("tag", ["v1.0.0", "sha-0123abc", "main", "v1.0.0;id"])).toEqual(["v1.0.0", "sha-0123abc", "main"]);
    expect(
      taken("bundle", [`https://a.test/b?c=%2F${"d".repeat(4_000)}`, `https://a.test/${"b".repeat(4_096)}`]),
    ).toHaveLength(1);
    expect(taken("env", ["prod", "pr-7", "pr-0", "-"])).toEqual(["prod", "pr-7"]);
  });
});
