import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { newestGitea } from "../../lib/core/dialect.ts";
import type { Run } from "../../lib/core/run/run.ts";
import { notePushes, pendingPushes } from "../../lib/forges/git/spool.ts";
import { gitForge } from "../../lib/forges/git.ts";
import { type ScratchRepository, scratchRepository } from "./git/scratch-repository.ts";

const repo = { id: "r1", name: "local/shop" };
const zeros = "0".repeat(40);

let work: ScratchRepository;
let settled: string[];
beforeEach(() => {
  work = scratchRepository();
  settled = [];
});
afterEach(() => work.remove());

function forge() {
  return gitForge({
    name: "here",
    repository: work.path,
    isSettled: async (deliveryId) => settled.includes(deliveryId),
  });
}

function note(facts: { ref?: string; before?: string; after: string; base?: string }) {
  const [noted] = notePushes(work.path, [
    { repository: repo, ref: "refs/heads/main", before: zeros, sender: "ada", at: 5, ...facts },
  ]);
  return noted!;
}

describe("the git forge's source", () => {
  it("follows the dialect of each commit's workflow directory", async () => {
    const github = work.commit({ ".github/workflows/a.yml": "on: push" });
    const gitea = work.commit({ ".gitea/workflows/a.yml": "on: push" });

    expect(await forge().dialect(repo, github)).toEqual({ forge: "github" });
    expect(await forge().dialect(repo, gitea)).toEqual(newestGitea);
    expect((await forge().source.workflowFiles(repo, gitea)).map(({ path }) => path)).toEqual([
      ".gitea/workflows/a.yml",
    ]);
  });

  it("reads a commit once, for good", async () => {
    const sha = work.commit({ ".github/workflows/a.yml": "on: push" });
    const { source } = forge();

    expect(await source.workflowFiles(repo, sha)).toBe(await source.workflowFiles(repo, sha));
  });

  it("knows ancestors", async () => {
    const old = work.commit({ a: "1" });
    const young = work.commit({ a: "2" });
    const { source } = forge();

    expect(await source.isAncestor(repo, old, young)).toBe(true);
    expect(await source.isAncestor(repo, young, old)).toBe(false);
    expect(await source.isAncestor(repo, "1".repeat(40), young)).toBe(false);
    expect(await source.isAncestor(repo, "--help", young)).toBe(false);
  });

  it("knows the default branch, and commits by id only", async () => {
    const sha = work.commit({ a: "1" });
    const { source } = forge();

    expect(await source.defaultBranch(repo)).toBe("main");
    expect((await source.commit(repo, sha))?.sha).toBe(sha);
    expect(await source.commit(repo, "main")).toBeUndefined();
    expect(await source.commit(repo, "1".repeat(40))).toBeUndefined();
  });

  it("takes the start of a new branch from the push's note, whatever was merged since", async () => {
    const fork = work.commit({ ".github/workflows/a.yml": "on: push" });
    const after = work.commit({ "b.txt": "1" });
    work.git("branch", "merged", after);
    note({ after, base: fork });

    const found = await forge().source.changedFiles(repo, { kind: "push", before: zeros, after });

    expect(found).toEqual({ kind: "files", paths: ["b.txt"] });
  });

  it("guesses it from the other refs where no note is left", async () => {
    work.commit({ ".github/workflows/a.yml": "on: push" });
    work.git("checkout", "--quiet", "-b", "side");
    const after = work.commit({ "b.txt": "1" });

    const found = await forge().source.changedFiles(repo, { kind: "push", before: zeros, after });

    expect(found).toEqual({ kind: "files", paths: ["b.txt"] });
  });

  it("cannot tell the difference to a commit that is gone", async () => {
    const found = await forge().source.changedFiles(repo, { kind: "push", before: zeros, after: "1".repeat(40) });

    expect(found).toMatchObject({ kind: "undecidable", cause: "base-gone" });
  });
});

describe("the git forge's demand", () => {
  it("is what the spool holds, as the webhook would have told it", async () => {
    note({ after: "1".repeat(40) });

    expect(await forge().demand.missed(0)).toEqual([
      {
        v: 1,
        forge: "here",
        deliveryId: "r1:1",
        pushId: "1",
        event: "push",
        repo,
        ref: "refs/heads/main",
        before: zeros,
        after: "1".repeat(40),
        sender: "ada",
        at: 5,
      },
    ]);
  });

  it("stays until it is dealt with, and is then done for good", async () => {
    note({ after: "1".repeat(40) });
    note({ after: "2".repeat(40) });
    const { demand } = forge();
    await demand.missed(0);
    settled = ["r1:1"];

    expect((await demand.missed(0)).map(({ pushId }) => pushId)).toEqual(["2"]);
    settled = [];
    expect((await demand.missed(0)).map(({ pushId }) => pushId)).toEqual(["2"]);
  });

  it("knows no deletions: nothing runs on them", async () => {
    note({ before: "1".repeat(40), after: zeros });

    expect(await forge().demand.missed(0)).toEqual([]);
    expect(pendingPushes(work.path)).toEqual([]);
  });

  it("has no jobs of its own", async () => {
    expect(await forge().demand.job(repo, "1")).toBe("silent");
  });
});

describe("the git forge's enrolment", () => {
  const run = {
    key: "k2",
    repo: repo.name,
    event: "push",
    ref: "refs/heads/main",
    sha: "1".repeat(40),
    workflow: ".gitea/workflows/a.yml",
    job: "test",
    matrixIndex: 3,
    attempt: 1,
    before: "2".repeat(40),
    sender: "ada",
  } as unknown as Run;
  const needs = { build: { result: "success", outputs: { v: "7" } } };
  const request = { scope: "here", repo, name: "n", labels: [], job: { run, needs } };

  it("tells the runner where its job stands and what its needs came to", async () => {
    expect(await forge().enrolment.enrol(request)).toEqual({
      kind: "builtin",
      repository: work.path,
      job: {
        runKey: "k2",
        attempt: 1,
        repo: "local/shop",
        event: "push",
        ref: "refs/heads/main",
        before: "2".repeat(40),
        sha: "1".repeat(40),
        sender: "ada",
        workflow: ".gitea/workflows/a.yml",
        job: "test",
        matrixIndex: 3,
      },
      needs,
    });
  });

  it("refuses a run that names no job", async () => {
    const nameless = { ...run, job: undefined } as unknown as Run;
    await expect(forge().enrolment.enrol({ ...request, job: { run: nameless, needs } })).rejects.toThrow(
      "names no job",
    );
    await expect(forge().enrolment.enrol({ ...request, job: undefined })).rejects.toThrow("is to serve no job");
  });

  it("keeps no registrations", async () => {
    expect(await forge().enrolment.runners("here")).toEqual([]);
    await expect(forge().enrolment.remove("here", "1")).resolves.toBeUndefined();
  });
});
