import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { workflowFiles } from "../../../lib/forges/git/workflow-files.ts";
import { worktreeFiles } from "../../../lib/forges/git/worktree-files.ts";
import { type Files, type ScratchRepository, scratchRepository, writeIn } from "./scratch-repository.ts";

let repository: ScratchRepository;
beforeEach(() => {
  repository = scratchRepository();
});
afterEach(() => repository.remove());

const rows: readonly { given: Files; when?: "gitea" | "github"; then: readonly string[]; because: string }[] = [
  {
    given: { ".github/workflows/a.yml": "on: push" },
    then: ["github", ".github/workflows/a.yml"],
    because: "the directory names the forge",
  },
  {
    given: { ".gitea/workflows/a.yml": "x", ".github/workflows/b.yml": "x" },
    then: ["gitea", ".gitea/workflows/a.yml"],
    because: "the first directory that exists hides the other",
  },
  {
    given: { ".gitea/workflows/README.md": "x", ".github/workflows/b.yml": "x" },
    then: ["gitea"],
    because: "it hides the other even without a workflow in it",
  },
  {
    given: { ".gitea/workflows/sub/a.yaml": "x", ".gitea/workflows/B.YML": "x" },
    then: ["gitea", ".gitea/workflows/sub/a.yaml"],
    because: "Gitea reads folders below, and only small letters",
  },
  {
    given: { ".github/workflows/a.yml": "x", ".github/workflows/sub/b.yml": "x" },
    then: ["github", ".github/workflows/a.yml"],
    because: "GitHub reads no folders below",
  },
  {
    given: { ".gitea/workflows/a.yml": "x", ".github/workflows/b.yml": "x" },
    when: "github",
    then: ["github", ".github/workflows/b.yml"],
    because: "GitHub does not know Gitea's directory",
  },
  {
    given: { ".github/workflows/sub/b.yml": "x" },
    when: "gitea",
    then: ["gitea", ".github/workflows/sub/b.yml"],
    because: "Gitea falls back to GitHub's directory with its own way of reading",
  },
  { given: { ".gitea/workflows": "a file" }, then: ["github"], because: "a file of that name is no directory" },
  { given: { "README.md": "x" }, then: ["github"], because: "nothing there is no error" },
];

describe("1-02 the workflow files of a commit", () => {
  it.each(rows)("$because", async ({ given, when, then }) => {
    const sha = repository.commit(given);

    const committed = await workflowFiles(repository.path, sha, when);
    const onDisk = await worktreeFiles(repository.path, when);

    expect([committed.forge, ...committed.files.map((file) => file.path)]).toEqual(then);
    expect([onDisk.forge, ...onDisk.files.map((file) => file.path)]).toEqual(then);
  });

  it("come with their text and their blob's id", async () => {
    const sha = repository.commit({ ".github/workflows/a.yml": "on: push\n", ".github/workflows/b.yml": "on: push\n" });
    const blobId = repository.git("rev-parse", "HEAD:.github/workflows/a.yml");

    const { files } = await workflowFiles(repository.path, sha);

    expect(files).toEqual([
      { path: ".github/workflows/a.yml", text: "on: push\n", blobId },
      { path: ".github/workflows/b.yml", text: "on: push\n", blobId },
    ]);
  });

  it("are those of that commit, not of the disk", async () => {
    const sha = repository.commit({ ".github/workflows/a.yml": "old" });
    writeIn(repository.path, ".github/workflows/a.yml", "new");

    expect((await workflowFiles(repository.path, sha)).files[0]?.text).toBe("old");
    expect((await worktreeFiles(repository.path)).files[0]?.text).toBe("new");
  });

  it("are cut at a mebibyte, as Gitea cuts them", async () => {
    const sha = repository.commit({ ".gitea/workflows/big.yml": "#".repeat((1 << 20) + 5) });

    expect((await workflowFiles(repository.path, sha)).files[0]?.text.length).toBe(1 << 20);
  });

  it("never follow a symbolic link", async () => {
    writeIn(repository.path, "secret.yml", "on: push");
    writeIn(repository.path, ".github/workflows/a.yml", "on: push");
    symlinkSync("../../secret.yml", join(repository.path, ".github/workflows/link.yml"));
    const sha = repository.commit({});

    const { files } = await workflowFiles(repository.path, sha);

    expect(files.map((file) => file.path)).toEqual([".github/workflows/a.yml"]);
    expect((await worktreeFiles(repository.path)).files).toHaveLength(1);
  });

  it.each(["HEAD", "--help", "$(touch x)", ""])("refuse %p as the name of a commit", async (name) => {
    await expect(workflowFiles(repository.path, name)).rejects.toThrow("full id");
  });

  it("say which commit is missing", async () => {
    repository.commit({});
    await expect(workflowFiles(repository.path, "1".repeat(40))).rejects.toThrow("git ls-tree");
  });
});
