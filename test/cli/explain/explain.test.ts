import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ScratchRepository, scratchRepository, writeIn } from "../../forges/git/scratch-repository.ts";
import { dayfly } from "../command-line.ts";

const build = "on: push\njobs:\n  test:\n    runs-on: small\n  deploy:\n    needs: test\n    runs-on: [big, x64]\n";

let repository: ScratchRepository;
beforeEach(() => {
  repository = scratchRepository();
});
afterEach(() => repository.remove());

function explain(...argv: string[]) {
  return dayfly(["explain", ...argv], { folder: repository.path });
}

async function explained(...argv: string[]) {
  const { code, out, err } = await explain(...argv, "--json");
  expect(err).toBe("");
  return { code, ...JSON.parse(out) };
}

describe("6-01 dayfly explain, offline in any checkout", () => {
  it("says for every workflow and job what happens and why", async () => {
    repository.commit({
      ".github/workflows/build.yml": build,
      ".github/workflows/other.yml": "on: issues\njobs: {a: {runs-on: x}}\n",
    });

    const { code, out } = await explain();

    expect(code).toBe(0);
    const lines = out.split("\n").map((line) => line.trim().replace(/ +/g, " "));
    expect(lines).toContainEqual(expect.stringMatching(/^run .github\/workflows\/build.yml .*\(line 1:/));
    expect(lines).toContain("launch test [small] needs no other job (line 3:3)");
    expect(lines).toContain("wait deploy [big, x64] waits for test (line 5:3)");
    expect(lines).toContainEqual(expect.stringMatching(/^skip .github\/workflows\/other.yml /));
    expect(lines).toContain("2 workflows: 1 runs, 1 skipped; 2 jobs: 1 to launch, 1 waits");
  });

  it("answers in JSON with the event and the decision", async () => {
    const before = repository.commit({ ".github/workflows/build.yml": build });
    const after = repository.commit({ "a.txt": "1" }, "second");

    const { code, event, workflows } = await explained();

    expect(code).toBe(0);
    expect(event).toEqual({ name: "push", ref: "refs/heads/main", before, after, forge: "github" });
    expect(workflows).toEqual([
      {
        path: ".github/workflows/build.yml",
        decision: "run",
        reason: expect.objectContaining({ code: expect.any(String), line: 1 }),
        jobs: [
          expect.objectContaining({ id: "test", name: "test", labels: ["small"], needs: [], decision: "launch" }),
          expect.objectContaining({ id: "deploy", labels: ["big", "x64"], needs: ["test"], decision: "wait" }),
        ],
      },
    ]);
  });

  it("notes which groups hold a run or a job back", async () => {
    repository.commit({
      ".github/workflows/build.yml":
        "on: push\nconcurrency: { group: ci, cancel-in-progress: true }\njobs: { a: { runs-on: x, concurrency: 'to-${{ vars.Z }}' } }\n",
    });

    const { out } = await explain();
    expect(out).toContain("one at a time in the group ci, a newer one cancels it\n");
    expect(out).toContain("; one at a time in the group to-${{ vars.Z }}, the others wait\n");
  });

  it("takes Gitea's rules where .gitea/workflows exists", async () => {
    repository.commit({ ".gitea/workflows/a.yml": build, ".github/workflows/b.yml": build });

    const { event, workflows } = await explained();

    expect(event).toMatchObject({ forge: "gitea", version: "1.26.3" });
    expect(workflows).toEqual([expect.objectContaining({ path: ".gitea/workflows/a.yml" })]);
  });

  it("takes the rules that it is told", async () => {
    repository.commit({ ".github/workflows/b.yml": build });

    expect((await explained("--forge", "gitea", "--forge-version", "1.24.0")).event).toMatchObject({
      forge: "gitea",
      version: "1.24.0",
    });
  });

  it("begins a push at the upstream where that differs from HEAD", async () => {
    const pushed = repository.commit({ ".github/workflows/build.yml": build });
    repository.git("update-ref", "refs/remotes/origin/main", pushed);
    repository.git("config", "remote.origin.url", "https://example.com/acme/shop.git");
    repository.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
    repository.git("config", "branch.main.remote", "origin");
    repository.git("config", "branch.main.merge", "refs/heads/main");
    repository.commit({ "a.txt": "1" });
    repository.commit({ "a.txt": "2" });

    expect((await explained()).event.before).toBe(pushed);
  });

  it("explains a branch that does not exist yet as a new one", async () => {
    repository.commit({ ".github/workflows/build.yml": build });

    expect((await explained("--ref", "release/1")).event).toMatchObject({
      ref: "refs/heads/release/1",
      before: "0".repeat(40),
    });
  });

  it("reads the workflow files of the disk only with --worktree", async () => {
    repository.commit({ ".github/workflows/build.yml": build });
    writeIn(repository.path, ".github/workflows/new.yml", build);

    expect((await explained()).workflows).toHaveLength(1);
    expect((await explained("--worktree")).workflows).toHaveLength(2);
  });

  it("6-11 says what an edit on the disk changes against a commit", async () => {
    repository.commit({ ".github/workflows/build.yml": build });
    writeIn(repository.path, ".github/workflows/build.yml", build.replace("runs-on: small", "runs-on: huge"));

    expect((await explain("--diff", "HEAD")).out).toContain("  test runs on huge, not small\n");
    expect((await explained("--diff", "HEAD")).diff).toEqual([
      { path: ".github/workflows/build.yml", change: "changed", texts: ["test runs on huge, not small"] },
    ]);
  });

  it("6-11 says so where no workflow file differs", async () => {
    repository.commit({ ".github/workflows/build.yml": build });

    expect((await explain("--diff", "main")).out).toContain("No workflow file differs from main.");
  });

  it("6-11 compares two commits with --after", async () => {
    repository.commit({ ".github/workflows/build.yml": build });
    repository.commit({ ".github/workflows/build.yml": build.replace("[big, x64]", "big") });
    writeIn(repository.path, ".github/workflows/build.yml", "on: [");

    expect((await explain("--diff", "HEAD~1", "--after", "HEAD")).out).toContain("deploy runs on big, not big, x64");
  });

  it("refuses an event that no forge has, with the likely one", async () => {
    repository.commit({ ".github/workflows/build.yml": build });

    const { code, err } = await explain("--event", "pull_requests");
    expect(code).toBe(2);
    expect(err).toContain('no forge has an event "pull_requests"; did you mean "pull_request"?');
  });

  it("shows one workflow alone, by file name or path", async () => {
    repository.commit({ ".github/workflows/a.yml": build, ".github/workflows/b.yml": build });

    const path = ".github/workflows/b.yml";
    expect((await explained("--workflow", "b.yml")).workflows).toEqual([expect.objectContaining({ path })]);
    expect((await explained("--workflow", path)).workflows).toEqual([expect.objectContaining({ path })]);
  });

  it("ends with 1 where a workflow file is invalid", async () => {
    repository.commit({ ".github/workflows/a.yml": "on: push\njobs: [\n" });

    expect((await explained()).code).toBe(1);
  });

  it("ends with 0 where there is no workflow file, and says where it looked", async () => {
    repository.commit({ "a.txt": "1" });

    expect(await explain()).toMatchObject({ code: 0, out: expect.stringContaining(".github/workflows") });
  });

  it.each([
    ["an unknown workflow", ["--workflow", "none.yml"], "no workflow file is called none.yml"],
    ["an unknown commit", ["--after", "nowhere"], "there is no commit nowhere"],
    ["an unknown commit before", ["--before", "nowhere"], "there is no commit nowhere"],
    ["a ref that git would refuse", ["--ref", "a..b"], '"a..b" is no name of a ref'],
    ["an option in place of a ref", ["--ref=--help"], '"--help" is no name of a ref'],
    ["a version that is none", ["--forge", "gitea", "--forge-version", "new"], '"new" is no version'],
    ["a version of GitHub", ["--forge-version", "1.25"], "GitHub has no versions to choose from"],
    ["an unknown forge", ["--forge", "gitlab"], "Allowed choices are gitea, github"],
  ])("ends with 2 for %s", async (_what, argv, said) => {
    repository.commit({ ".github/workflows/a.yml": build });

    expect(await explain(...argv)).toMatchObject({ code: 2, out: "", err: expect.stringContaining(said) });
  });

  it("ends with 2 outside of a repository", async () => {
    expect(await dayfly(["explain"], { folder: "/" })).toMatchObject({ code: 2 });
  });

  it("ends with 2 in a repository without a commit", async () => {
    expect(await explain()).toMatchObject({ code: 2, err: expect.stringContaining("has no commit yet") });
  });

  it("ends with 2 for a folder that is not there", async () => {
    expect(await dayfly(["explain", "--repo", "/not/there"], { folder: "/" })).toMatchObject({ code: 2 });
  });
});
