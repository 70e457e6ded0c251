import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type BranchBase, branchBase, changedFiles } from "../../../lib/forges/git/changed-files.ts";
import { type ScratchRepository, scratchRepository } from "./scratch-repository.ts";

let repository: ScratchRepository;
beforeEach(() => {
  repository = scratchRepository();
});
afterEach(() => repository.remove());

const zeros = "0".repeat(40);
const noBase = (): Promise<BranchBase> => Promise.reject(new Error("nobody asked for the base"));

async function pushed(forge: "gitea" | "github", before: string, after: string, base = noBase) {
  const found = await changedFiles(repository.path, forge, { kind: "push", before, after }, base);
  return found.kind === "files" ? [...found.paths, ...(found.formerly ?? [])].sort() : found.cause;
}

describe.each(["gitea", "github"] as const)("the changed files of a push, %s", (forge) => {
  it("are the difference of the two trees", async () => {
    const before = repository.commit({ "a.txt": "1", "b/c.txt": "1" });
    repository.commit({ "a.txt": "2", "d.txt": "1" });
    const after = repository.commit({ "a.txt": "1" }, "undo");

    expect(await pushed(forge, before, after)).toEqual(["d.txt"]);
  });

  it("count what a forced push dropped", async () => {
    const root = repository.commit({ "a.txt": "1" });
    const before = repository.commit({ "dropped.txt": "1" });
    repository.git("reset", "--quiet", "--hard", root);
    const after = repository.commit({ "new.txt": "1" });

    expect(await pushed(forge, before, after)).toEqual(["dropped.txt", "new.txt"]);
  });

  it("hold both names of a rename, and a changed mode", async () => {
    const before = repository.commit({ "old.txt": "the same text\n".repeat(50), "run.sh": "x" });
    repository.git("mv", "old.txt", "new.txt");
    repository.git("update-index", "--chmod=+x", "run.sh");
    repository.git("commit", "--quiet", "-m", "move");

    expect(await pushed(forge, before, repository.git("rev-parse", "HEAD"))).toEqual(["new.txt", "old.txt", "run.sh"]);
  });

  it("tell the old name of a rename apart where GitHub's rules ask for it", async () => {
    const before = repository.commit({ "old.txt": "the same text\n".repeat(50) });
    repository.git("mv", "old.txt", "new.txt");
    const after = repository.commit({ "a.txt": "1" });

    const found = await changedFiles(repository.path, forge, { kind: "push", before, after }, noBase);
    const both = { kind: "files", paths: ["a.txt", "new.txt", "old.txt"] };
    const apart = { kind: "files", paths: ["a.txt", "new.txt"], formerly: ["old.txt"] };
    expect(found).toEqual(forge === "github" ? apart : both);
  });

  it("name a submodule by its path", async () => {
    const before = repository.commit({ "a.txt": "1" });
    repository.git("update-index", "--add", "--cacheinfo", `160000,${"2".repeat(40)},vendor/lib`);
    repository.git("commit", "--quiet", "-m", "submodule");

    expect(await pushed(forge, before, repository.git("rev-parse", "HEAD"))).toEqual(["vendor/lib"]);
  });

  it("keep every byte of a name", async () => {
    const before = repository.commit({});
    const after = repository.commit({ 'ä "q"\n$(x).txt': "1" });

    expect(await pushed(forge, before, after)).toEqual(['ä "q"\n$(x).txt']);
  });

  it("cannot be told when the commit before is gone", async () => {
    const after = repository.commit({ "a.txt": "1" });

    expect(await pushed(forge, "1".repeat(40), after)).toBe("base-gone");
  });

  it("cannot be told when the new commit is gone", async () => {
    expect(await pushed(forge, zeros, "1".repeat(40))).toBe("base-gone");
  });
});

describe("the changed files of a new branch", () => {
  it("are at Gitea those of the head commit alone", async () => {
    repository.commit({ "a.txt": "1" });
    const after = repository.commit({ "b.txt": "1" });

    expect(await pushed("gitea", zeros, after)).toEqual(["b.txt"]);
  });

  it("are at Gitea all files of a first commit", async () => {
    expect(await pushed("gitea", zeros, repository.commit({ "a.txt": "1" }))).toEqual(["a.txt"]);
  });

  it("are none at Gitea when the head is a merge", async () => {
    repository.commit({ "a.txt": "1" });
    repository.git("checkout", "--quiet", "-b", "side");
    repository.commit({ "b.txt": "1" });
    repository.git("checkout", "--quiet", "main");
    repository.commit({ "c.txt": "1" });
    repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "side");

    expect(await pushed("gitea", zeros, repository.git("rev-parse", "HEAD"))).toEqual([]);
  });

  it("are at GitHub those since the parent of its deepest commit", async () => {
    const fork = repository.commit({ "a.txt": "1" });
    repository.commit({ "b.txt": "1" });
    const after = repository.commit({ "c.txt": "1" });

    const base = () => branchBase(repository.path, after, [fork]);

    expect(await pushed("github", zeros, after, base)).toEqual(["b.txt", "c.txt"]);
  });

  it("are at GitHub all files when every commit is new", async () => {
    repository.commit({ "a.txt": "1" });
    const after = repository.commit({ "b.txt": "1" });

    expect(await pushed("github", zeros, after, () => branchBase(repository.path, after, []))).toEqual([
      "a.txt",
      "b.txt",
    ]);
  });

  it("cannot be told at GitHub when no commit is new", async () => {
    const after = repository.commit({ "a.txt": "1" });

    expect(await pushed("github", zeros, after, () => branchBase(repository.path, after, [after]))).toBe("unavailable");
  });
});

describe("a push of more than 1000 commits", () => {
  it("is too much for GitHub to look at the files", async () => {
    const before = repository.commit({ "a.txt": "1" });
    const tree = repository.git("rev-parse", "HEAD^{tree}");
    const stream = Array.from({ length: 1001 }, (_, n) => commitLine(n + 1, n === 0 ? before : `:${n}`)).join("");
    repository.feed(stream, "fast-import", "--quiet");
    const after = repository.git("rev-parse", "refs/heads/long");

    expect(repository.git("rev-parse", `${after}^{tree}`)).toBe(tree);
    expect(await pushed("github", before, after)).toBe("too-many");
    expect(await pushed("gitea", before, after)).toEqual([]);
  });

  function commitLine(mark: number, from: string): string {
    return `commit refs/heads/long\nmark :${mark}\ncommitter A <a@b> ${mark} +0000\ndata 1\nx\nfrom ${from}\n\n`;
  }
});

describe("the changed files of a pull request", () => {
  it("are the difference from the merge base to the head", async () => {
    const mergeBase = repository.commit({ "a.txt": "1" });
    const head = repository.commit({ "b.txt": "1" });
    const change = { kind: "pull_request", number: "7", mergeBase, head } as const;

    expect(await changedFiles(repository.path, "gitea", change, noBase)).toEqual({ kind: "files", paths: ["b.txt"] });
  });
});
