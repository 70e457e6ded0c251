import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { dispatch } from "../../lib/app/dispatch.ts";
import { dayfly } from "../cli/command-line.ts";
import { type ScratchRepository, scratchRepository } from "../forges/git/scratch-repository.ts";
import { memoryWorld } from "../world/world.ts";

let repository: ScratchRepository;
beforeEach(() => {
  repository = scratchRepository();
  repository.git("config", "remote.origin.url", "https://example.com/acme/shop.git");
});
afterEach(() => repository.remove());

interface Sample {
  readonly workflows: readonly { readonly workflow: string }[];
}

it("6-01 explain prints, byte for byte, the decision that dispatch stores", async () => {
  const { workflows }: Sample = JSON.parse(readFileSync("test/fixtures/gitea/planned-1.26.0.json", "utf8"));
  const files: Record<string, string> = {
    ".gitea/workflows/paths.yml": "on: {push: {paths: [src/**]}}\njobs: {a: {runs-on: x}}\n",
    ".gitea/workflows/other.yml": "on: {push: {branches: [dev]}}\njobs: {a: {runs-on: x}}\n",
  };
  for (const [index, { workflow }] of workflows.entries()) files[`.gitea/workflows/w${index}.yml`] = workflow;
  const before = repository.commit({ "README.md": "1" });
  const after = repository.commit({ ...files, "src/a": "1" }, "second");
  const world = memoryWorld();
  world.home.source.commitFiles(before, { files: { "README.md": "1" }, message: "a change\n" });
  world.home.source.commitFiles(after, { files: { ...files, "src/a": "1" }, message: "second\n", parents: [before] });

  const envelope = world.home.pushed({ id: "7", name: "acme/shop" }, { ref: "refs/heads/main", before, after });
  expect(await dispatch(world, { v: 1, kind: "event", envelope }, 1)).toEqual({ kind: "done" });
  const [stored] = await world.journal.decisions(1);
  const { out } = await dayfly(["explain", "--json"], { folder: repository.path });

  expect(JSON.parse(out).workflows).toHaveLength(202);
  expect(JSON.stringify(JSON.parse(out).workflows)).toBe(JSON.stringify(stored?.decision.workflows));
});
