import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ScratchRepository, scratchRepository, writeIn } from "../../forges/git/scratch-repository.ts";
import { dayfly } from "../command-line.ts";

let repository: ScratchRepository;
beforeEach(() => {
  repository = scratchRepository();
});
afterEach(() => repository.remove());

function lint(...argv: string[]) {
  return dayfly(["lint", ...argv], { folder: repository.path });
}

const good = "on: push\njobs: {a: {runs-on: x}}\n";
const trap = "on: {push: {paths: [nowhere/**]}}\njobs: {a: {runs-on: x}}\n";

describe("6-01 dayfly lint", () => {
  it("is content with good files", async () => {
    repository.commit({ ".github/workflows/a.yml": good });

    expect(await lint()).toEqual({ code: 0, out: "", err: "1 workflow file: 0 problems, 0 traps\n" });
  });

  it("tells traps, which are a failure only with --strict", async () => {
    repository.commit({ ".github/workflows/a.yml": trap });

    const line = 'trap    .github/workflows/a.yml:1:21 no file of the repository matches paths "nowhere/**"\n';
    expect(await lint()).toMatchObject({ code: 0, out: line });
    expect(await lint("--strict")).toMatchObject({ code: 1, out: line });
  });

  it("ends with 1 where a forge would refuse a file of the disk", async () => {
    repository.commit({ ".github/workflows/a.yml": good });
    writeIn(repository.path, ".github/workflows/b.yml", "on: push\njobs: {a: {steps: []}}\n");

    const { code, out } = await lint("--json");

    expect(code).toBe(1);
    expect(JSON.parse(out).findings).toEqual([
      expect.objectContaining({ kind: "problem", file: ".github/workflows/b.yml", at: { line: 2, column: 11 } }),
    ]);
  });

  it("ends with 2 outside of a repository", async () => {
    expect(await dayfly(["lint"], { folder: "/" })).toMatchObject({ code: 2 });
  });
});
