import { createHash } from "node:crypto";
import { expect } from "@jest/globals";
import type { RepoRef } from "../../../lib/core/event.ts";
import type { Source } from "../../../lib/core/forge.ts";
import { type Contract, type MakeBench, prove, type Skip } from "../contract.ts";
import { changedInChange, filesOfRoot, topicBranch, workflowText } from "./forge-scenario.ts";

/** A repository with the commits of forge-scenario.ts. */
export interface SourceBench {
  readonly source: Source;
  readonly repo: RepoRef;
  /** Id of a commit of the scenario, or of the annotated tag object `tag` on `change`. */
  id(name: string): string;
  /** Requests for content that went to the forge so far; 0 where there are none to count. */
  requests(): number;
  /** The directory rule's answer for the commits `workflows` and `no-workflow`. */
  readonly expected: {
    readonly workflows: readonly string[];
    readonly noWorkflow: readonly string[];
    readonly many: number;
  };
}

export function sourceContract(adapter: string, make: MakeBench<SourceBench>, skips?: readonly Skip[]): void {
  prove(contract, adapter, make, skips);
}

function blobId(text: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
}

const nowhere = "0".repeat(40);
const gone = "1".repeat(40);

async function paths({ source, repo, id }: SourceBench, before: string, after: string): Promise<readonly string[]> {
  const changed = await source.changedFiles(repo, { kind: "push", before, after: id(after) });
  if (changed.kind !== "files") return [changed.cause];
  return [...changed.paths, ...(changed.formerly ?? [])].sort();
}

const contract: Contract<SourceBench> = {
  port: "Source",
  cases: [
    {
      promise: "1-02 workflowFiles reads a commit's files by the forge's directory rule, in the order of their paths",
      async prove({ source, repo, id, expected }) {
        const files = await source.workflowFiles(repo, id("workflows"));
        expect(files.map(({ path }) => path)).toEqual(expected.workflows);
      },
    },
    {
      promise: "1-02 workflowFiles hands over each file's text and git's id of it",
      async prove({ source, repo, id }) {
        const [first] = await source.workflowFiles(repo, id("github-only"));
        expect(first?.text).toBe(workflowText("ci"));
        expect(first?.blobId).toBe(blobId(workflowText("ci")));
      },
    },
    {
      promise: "workflowFiles follows the rule where the forge's own directory holds no workflow",
      async prove({ source, repo, id, expected }) {
        const files = await source.workflowFiles(repo, id("no-workflow"));
        expect(files.map(({ path }) => path)).toEqual(expected.noWorkflow);
      },
    },
    {
      promise: "workflowFiles is empty for a commit without workflows, and a failure for one that does not exist",
      async prove({ source, repo, id }) {
        expect(await source.workflowFiles(repo, id("root"))).toEqual([]);
        await expect(source.workflowFiles(repo, gone)).rejects.toThrow(/no commit|not there|unknown|not a tree/);
      },
    },
    {
      promise: "5-01 workflowFiles takes at most three requests for any number of files, and reads no file twice",
      async prove({ source, repo, id, requests }) {
        const before = requests();
        const files = await source.workflowFiles(repo, id("workflows"));
        expect(requests() - before).toBeLessThanOrEqual(3);
        const first = requests();
        expect(await source.workflowFiles(repo, id("change"))).toEqual(files);
        expect(requests() - first).toBeLessThanOrEqual(2);
      },
    },
    {
      promise: "workflowFiles reads more files than the forge hands over at once",
      async prove({ source, repo, id, expected }) {
        const files = await source.workflowFiles(repo, id("many"));
        expect(files).toHaveLength(expected.many);
        expect(files.every(({ text }) => text.startsWith("name: w"))).toBe(true);
      },
    },
    {
      promise: "changedFiles names both sides of a rename, modes, a submodule, and a file that became a directory",
      async prove(bench) {
        expect(await paths(bench, bench.id("workflows"), "change")).toEqual(changedInChange);
      },
    },
    {
      promise: "changedFiles compares trees, not commits: what a forced push drops counts",
      async prove(bench) {
        expect(await paths(bench, bench.id("change"), "side")).toEqual([...changedInChange, "side.txt"].sort());
      },
    },
    {
      promise: "changedFiles is empty between equal trees",
      async prove(bench) {
        expect(await paths(bench, bench.id("change"), "change")).toEqual([]);
      },
    },
    {
      promise: "changedFiles finds every file where very many folders differ",
      async prove(bench) {
        const found = await paths(bench, bench.id("root"), "wide");
        expect(found).toHaveLength(30);
        expect(found[0]).toBe("wide/d0/f.txt");
      },
    },
    {
      promise: "changedFiles of a new ref is what its head commit changed",
      async prove(bench) {
        expect(await paths(bench, nowhere, "change")).toEqual(changedInChange);
      },
    },
    {
      promise: "changedFiles of a new ref is everything where its head is a root commit",
      async prove(bench) {
        expect(await paths(bench, nowhere, "root")).toEqual(filesOfRoot);
      },
    },
    {
      promise: "changedFiles of a new ref is empty where its head is a merge",
      async prove(bench) {
        expect(await paths(bench, nowhere, "merge")).toEqual([]);
      },
    },
    {
      promise: "changedFiles says so where the commit before is gone",
      async prove(bench) {
        expect(await paths(bench, gone, "change")).toEqual(["base-gone"]);
      },
    },
    {
      promise: "changedFiles of a pull request starts at its merge base",
      async prove({ source, repo, id }) {
        const change = { kind: "pull_request", number: "1", mergeBase: id("workflows"), head: id("side") } as const;
        expect(await source.changedFiles(repo, change)).toEqual({ kind: "files", paths: ["side.txt"] });
      },
    },
    {
      promise: "commit tells the full message and the parents",
      async prove({ source, repo, id }) {
        expect(await source.commit(repo, id("merge"))).toMatchObject({ parents: [id("change"), id("side")] });
        const root = await source.commit(repo, id("root"));
        expect(root).toMatchObject({ sha: id("root"), parents: [] });
        expect(root?.message.trimEnd()).toBe("root\n\nwith a body: ä");
      },
    },
    {
      promise: "commit peels an annotated tag",
      async prove({ source, repo, id }) {
        expect(await source.commit(repo, id("tag"))).toMatchObject({ sha: id("change") });
      },
    },
    {
      promise: "commit is undefined where there is none",
      async prove({ source, repo }) {
        expect(await source.commit(repo, gone)).toBeUndefined();
      },
    },
    {
      promise: "isAncestor holds for a commit and its descendants, not the other way, not between sides",
      async prove({ source, repo, id }) {
        expect(await source.isAncestor(repo, id("root"), id("merge"))).toBe(true);
        expect(await source.isAncestor(repo, id("merge"), id("merge"))).toBe(true);
        expect(await source.isAncestor(repo, id("merge"), id("root"))).toBe(false);
        expect(await source.isAncestor(repo, id("side"), id("change"))).toBe(false);
      },
    },
    {
      promise: "defaultBranch is a short name",
      async prove({ source, repo }) {
        expect(await source.defaultBranch(repo)).toBe("main");
      },
    },
    {
      promise: "branchTip is the branch's commit, and undefined where there is no such branch",
      async prove({ source, repo, id }) {
        expect(await source.branchTip(repo, topicBranch)).toBe(id("side"));
        expect(await source.branchTip(repo, "topic")).toBeUndefined();
        expect(await source.branchTip(repo, "v1")).toBeUndefined();
      },
    },
  ],
};
