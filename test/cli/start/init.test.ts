import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { planEvent } from "../../../lib/core/plan/plan.ts";
import { dayfly } from "../command-line.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

describe("dayfly init", () => {
  it("writes a workflow whose jobs start on a push, and says which file it created", async () => {
    const { code, out } = await dayfly(["init"], { folder });
    expect({ code, out }).toEqual({ code: 0, out: "created .github/workflows/first.yml\n" });
    const text = readFileSync(join(folder, ".github/workflows/first.yml"), "utf8");
    const { workflows } = planEvent({
      dialect: { forge: "github" },
      event: { name: "push", ref: "refs/heads/main", before: "1".repeat(40), after: "2".repeat(40) },
      files: [{ path: ".github/workflows/first.yml", text }],
      changed: { kind: "files", paths: ["src/a.ts"] },
    });
    expect(workflows[0]?.jobs.map(({ name, decision }) => [name, decision])).toEqual([
      ["test (unit)", "launch"],
      ["test (integration)", "launch"],
      ["package", "wait"],
    ]);
  });

  it("goes to the top of a checkout that uses Gitea", async () => {
    mkdirSync(join(folder, ".git"));
    mkdirSync(join(folder, ".gitea"));
    mkdirSync(join(folder, "src"));
    const { out } = await dayfly(["init"], { folder: join(folder, "src") });
    expect(out).toBe("created ../.gitea/workflows/first.yml\n");
  });

  it("never overwrites", async () => {
    await dayfly(["init"], { folder });
    const file = join(folder, ".github/workflows/first.yml");
    writeFileSync(file, "mine");
    const { code, err } = await dayfly(["init"], { folder });
    expect(code).toBe(2);
    expect(err).toContain("there is a first workflow already");
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it("says one sentence where a file stands in the way", async () => {
    writeFileSync(join(folder, ".github"), "");
    const { code, err } = await dayfly(["init"], { folder });
    expect(code).toBe(2);
    expect(err.trimEnd().split("\n")).toHaveLength(3);
    expect(existsSync(join(folder, ".github/workflows"))).toBe(false);
  });

  it("takes only forges that it knows", async () => {
    expect((await dayfly(["init", "--forge", "gitlab"], { folder })).code).toBe(2);
  });
});
