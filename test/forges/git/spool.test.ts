import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findPush, markPlanned, notePushes, pendingPushes } from "../../../lib/forges/git/spool.ts";

let repository: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "dayfly-spool-"));
});
afterEach(() => rmSync(repository, { recursive: true }));

function push(ref = "refs/heads/main") {
  const target = { id: "r1", name: "local/shop" };
  return { repository: target, ref, before: "0".repeat(40), after: "1".repeat(40), sender: "ada", at: 5 };
}

const numbers = () => pendingPushes(repository).map(({ pushId }) => pushId);

describe("the notes of pushes", () => {
  it("are none where nothing was pushed yet", () => {
    expect(pendingPushes(repository)).toEqual([]);
  });

  it("come back as written, in order, each with its number", () => {
    notePushes(repository, [push("refs/heads/a"), push("refs/tags/$(touch${IFS}x)")]);

    expect(pendingPushes(repository)).toEqual([
      { ...push("refs/heads/a"), pushId: "1" },
      { ...push("refs/tags/$(touch${IFS}x)"), pushId: "2" },
    ]);
  });

  it("are ordered by number, not by name", () => {
    for (let n = 0; n < 11; n++) notePushes(repository, [push()]);

    expect(numbers().slice(-3)).toEqual(["9", "10", "11"]);
  });

  it("are gone once planned, in any order, and stay readable", () => {
    notePushes(repository, [push(), push(), push()]);

    markPlanned(repository, "2");

    expect(numbers()).toEqual(["1", "3"]);
    expect(findPush(repository, "2")).toMatchObject({ pushId: "2" });
  });

  it("never give a number twice, though all before were planned", () => {
    notePushes(repository, [push()]);
    markPlanned(repository, "1");

    expect(notePushes(repository, [push()])[0]?.pushId).toBe("2");
  });

  it("hand over at most as many as asked for", () => {
    notePushes(repository, [push(), push(), push()]);

    expect(pendingPushes(repository, 2)).toHaveLength(2);
  });

  it("forget only what was planned long ago", () => {
    notePushes(repository, [push(), push()]);
    markPlanned(repository, "2");

    notePushes(
      repository,
      Array.from({ length: 1001 }, () => push()),
    );

    expect(findPush(repository, "1")).toBeDefined();
    expect(findPush(repository, "2")).toBeUndefined();
    expect(readdirSync(join(repository, "dayfly/pushes"))).not.toContain("2.planned");
  });

  it("are readable by their owner only, and leave no draft", () => {
    notePushes(repository, [push()]);

    expect(readdirSync(join(repository, "dayfly/pushes"))).toEqual(["1.json"]);
    expect(statSync(join(repository, "dayfly/pushes/1.json")).mode & 0o077).toBe(0);
  });

  it.each(["", "{", "[]", '{"pushId":"1"}'])("pass over a file that holds %j", (text) => {
    notePushes(repository, [push(), push()]);
    writeFileSync(join(repository, "dayfly/pushes/1.json"), text);

    expect(numbers()).toEqual(["2"]);
  });

  it.each(["../hook", "1/../1", "", "x"])("find nothing for the number %j", (number) => {
    notePushes(repository, [push()]);
    expect(findPush(repository, number)).toBeUndefined();
  });
});
