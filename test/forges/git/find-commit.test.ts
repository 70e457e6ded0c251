import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findCommit } from "../../../lib/forges/git/find-commit.ts";
import { type ScratchRepository, scratchRepository } from "./scratch-repository.ts";

let repository: ScratchRepository;
beforeEach(() => {
  repository = scratchRepository();
});
afterEach(() => repository.remove());

describe("finding a commit", () => {
  it("gives its full message and its parents", async () => {
    const parent = repository.commit({ "a.txt": "1" });
    const sha = repository.commit({ "a.txt": "2" }, "subject\n\nbody [skip ci]\n\nskip-checks: true");

    expect(await findCommit(repository.path, "HEAD")).toEqual({
      sha,
      message: "subject\n\nbody [skip ci]\n\nskip-checks: true\n",
      parents: [parent],
    });
  });

  it("peels an annotated tag", async () => {
    const sha = repository.commit({ "a.txt": "1" });
    repository.git("tag", "-a", "v1", "-m", "one");
    const tag = repository.git("rev-parse", "v1");

    expect(tag).not.toBe(sha);
    expect((await findCommit(repository.path, tag))?.sha).toBe(sha);
  });

  it.each(["1".repeat(40), "nowhere", "--all", "HEAD\nHEAD", "a b", "", "$(touch${IFS}x)"])(
    "finds nothing for %j",
    async (name) => {
      repository.commit({ "a.txt": "1" });
      expect(await findCommit(repository.path, name)).toBeUndefined();
    },
  );

  it("finds nothing behind a tag on a tree", async () => {
    repository.commit({ "a.txt": "1" });
    repository.git("tag", "odd", "HEAD^{tree}");

    expect(await findCommit(repository.path, "odd")).toBeUndefined();
  });

  it("says so where there is no repository", async () => {
    await expect(findCommit("/nonexistent", "HEAD")).rejects.toThrow("/nonexistent");
  });
});
