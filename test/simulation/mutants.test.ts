import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mutants } from "./mutants.ts";
import { mutated } from "./mutate.ts";
import type { Story } from "./simulation.ts";

const root = resolve(import.meta.dirname, "../..");
/** The rarest of them shows in one story of some 300; each ends at the first one that shows it. */
const SEEDS = 1_500;

let folder: string;
beforeAll(() => {
  // Inside the project, so that the mutant finds the packages that it imports.
  folder = mkdtempSync(join(root, "node_modules", ".mutants-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("6-06 deliberate bugs that the simulator catches", () => {
  it.each(mutants)(
    "$name",
    async (mutant) => {
      const { simulate } = await mutated<{ simulate: (seed: number) => Promise<Story> }>(
        folder,
        "simulation.ts",
        mutant,
      );
      const found: string[] = [];
      for (let at = 0; at <= SEEDS && found.length === 0; at++) {
        const { violations } = await simulate(at === 0 ? (mutant.seen ?? 1) : at);
        found.push(...violations.filter((violation) => violation.startsWith(mutant.breaks)));
      }
      expect(found).not.toEqual([]);
    },
    900_000,
  );

  it.each(mutants)("$name: its place in the code stands once", ({ file, find }) => {
    expect(readFileSync(join(root, file), "utf8").split(find)).toHaveLength(2);
  });
});
