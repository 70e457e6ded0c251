import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { deployMutants } from "./deploy-mutants.ts";
import type { DeployStory } from "./deploys.ts";
import { mutated } from "./mutate.ts";

const root = resolve(import.meta.dirname, "../..");
const SEEDS = 200;

let folder: string;
beforeAll(() => {
  // Inside the project, so that the mutant finds the packages that it imports.
  folder = mkdtempSync(join(root, "node_modules", ".mutants-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Simulator = { readonly simulateDeploys: (seed: number) => Promise<DeployStory> };

describe("deliberate bugs in the life of a deploy that the simulator catches", () => {
  it.each(deployMutants)(
    "$name",
    async (mutant) => {
      const { simulateDeploys } = await mutated<Simulator>(folder, "deploys.ts", mutant);
      const found: string[] = [];
      for (let at = 0; at <= SEEDS && found.length === 0; at++) {
        const { violations } = await simulateDeploys(at === 0 ? (mutant.seen ?? 1) : at);
        found.push(...violations.filter((violation) => violation.startsWith(mutant.breaks)));
      }
      expect(found).not.toEqual([]);
    },
    240_000,
  );

  it.each(deployMutants)("$name: its place in the code stands once", ({ file, find }) => {
    expect(readFileSync(join(root, file), "utf8").split(find)).toHaveLength(2);
  });
});
