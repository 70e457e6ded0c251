import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { newStateFolder, stateFolder } from "../../lib/cli/state-folder.ts";

let top = "";
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), "dayfly-test-")));
  mkdirSync(join(top, "a", "b"), { recursive: true });
});
afterEach(() => rmSync(top, { recursive: true }));

const asked = (over: object) => ({ options: {}, environment: {}, folder: join(top, "a", "b"), ...over });

it("is .dayfly in the current folder, where there is none above", () => {
  expect(newStateFolder(asked({}))).toBe(join(top, "a", "b", ".dayfly"));
});

it("is the nearest .dayfly above", () => {
  mkdirSync(join(top, ".dayfly"));
  mkdirSync(join(top, "a", ".dayfly"));
  expect(newStateFolder(asked({}))).toBe(join(top, "a", ".dayfly"));
});

it("is what DAYFLY_DIR names, and --dir before that", () => {
  expect(newStateFolder(asked({ environment: { DAYFLY_DIR: "/x" } }))).toBe("/x");
  expect(newStateFolder(asked({ environment: { DAYFLY_DIR: "/x" }, options: { dir: "y" } }))).toBe(
    join(top, "a", "b", "y"),
  );
});

it("holds a world once that was started", () => {
  const folder = newStateFolder(asked({}));
  expect(() => stateFolder(asked({}))).toThrow("there is no local world yet");
  mkdirSync(folder);
  writeFileSync(join(folder, "store.db"), "");
  expect(stateFolder(asked({}))).toBe(folder);
});
