import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ScratchRepository, scratchRepository } from "../../forges/git/scratch-repository.ts";
import { dayfly } from "../command-line.ts";

const build =
  "on: {push: {paths: ['src/**']}}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {v: [1, 2]}}\n";

let repository: ScratchRepository;
beforeEach(() => {
  repository = scratchRepository();
});
afterEach(() => repository.remove());

function replay(...argv: string[]) {
  return dayfly(["replay", ...argv], { folder: repository.path });
}

async function replayed(...argv: string[]) {
  const { code, out } = await replay(...argv, "--json");
  return { code, ...JSON.parse(out) };
}

function fill() {
  repository.commit({ ".github/workflows/build.yml": build, "src/a": "1" });
  repository.commit({ "docs/a": "1" });
  repository.commit({ "src/a": "2" }, "second");
  repository.commit({ "src/a": "3" }, "third [skip ci]");
  repository.commit({}, "nothing");
}

describe("6-11 dayfly replay", () => {
  it("decides each first-parent commit as a push of its own", async () => {
    fill();

    const { code, pushes, idle, workflows } = await replayed("--since", "1d");

    expect(code).toBe(0);
    expect({ pushes, idle }).toEqual({ pushes: 5, idle: 3 });
    expect(workflows).toEqual([
      expect.objectContaining({ path: ".github/workflows/build.yml", runs: 2, skips: 3, jobs: 4 }),
    ]);
  });

  it("leaves out what came to a branch before it was merged", async () => {
    fill();
    repository.git("checkout", "--quiet", "-b", "side");
    repository.commit({ "src/b": "1" });
    repository.commit({ "src/b": "2" });
    repository.git("checkout", "--quiet", "main");
    repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "side");

    expect(await replayed("--since", "1d")).toMatchObject({ pushes: 6, workflows: [{ runs: 3 }] });
    expect(await replayed("--since", "1d", "--ref", "side")).toMatchObject({ pushes: 7 });
  });

  it("estimates minutes and dollars where it is told how long a job takes", async () => {
    fill();

    const { profiles } = await replayed("--minutes", "15", "--usd-per-hour", "2");

    expect(profiles).toEqual([{ name: "ubuntu-latest", fits: true, jobs: 4, minutes: 60, unmeasured: 0, usd: 2 }]);
  });

  it("places jobs by the machine kinds of dayfly.yaml", async () => {
    repository.commit({
      "dayfly.yaml": "profiles: [{name: small, labels: [ubuntu-latest], types: [c7g.large], market: on-demand}]\n",
    });
    fill();

    expect((await replayed("--minutes", "60")).profiles).toEqual([
      expect.objectContaining({ name: "small", usd: expect.closeTo(4 * 0.0725, 5) }),
    ]);
  });

  it("says what it takes for a push, and by what it counts", async () => {
    fill();

    const { out, err } = await replay("--since", "2d");

    expect(out).toMatch(/^main since \d{4}-\d\d-\d\d: 5 pushes, 2 of them started something\n/);
    expect(err).toContain("Each first-parent commit stands for one push");
    expect(err).toContain("add --minutes");
  });

  it("has nothing to tell of a time without commits", async () => {
    const tree = repository.git("write-tree");
    const who = "Ada <ada@example.com> 1000000000 +0000";
    const commit = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nlong ago\n`;
    repository.git(
      "update-ref",
      "refs/heads/main",
      repository.feed(commit, "hash-object", "-t", "commit", "-w", "--stdin"),
    );

    expect(await replayed("--since", "90d")).toMatchObject({ code: 0, pushes: 0, workflows: [] });
    const { out } = await dayfly(["replay", "--since", "90d"], { folder: repository.path });
    expect(out).toContain("In that time no commit came to the branch: ask further back.");
    expect(await replayed("--since", "2001-09-01")).toMatchObject({ code: 0, pushes: 1 });
  });

  it.each([
    [["--since", "yesterday"], '"yesterday" is no time in the past'],
    [["--since", "0d"], '"0d" is no time in the past'],
    [["--since", "2999-01-01"], '"2999-01-01" is no time in the past'],
    [["--since", "2026-02-31"], "is no time in the past"],
    [["--minutes", "many"], '"many" is no positive number'],
    [["--minutes", "0"], '"0" is no positive number'],
    [["--usd-per-hour", "-1"], "is no positive number"],
    [["--ref", "nowhere"], "there is no commit refs/heads/nowhere"],
    [["--config", "none.yaml"], "there is no such configuration"],
  ])("ends with 2 for %j", async (argv, said) => {
    fill();

    expect(await replay(...argv)).toMatchObject({ code: 2, err: expect.stringContaining(said) });
  });
});
