import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { simulate } from "./simulation.ts";

const SEEDS = Number(process.env.DAYFLY_SEEDS ?? 120);

describe("6-06 the same lib/app code under faults at every call", () => {
  const real = { now: Date.now, random: Math.random, setTimeout: globalThis.setTimeout };
  beforeEach(() => {
    Date.now = forbidden("Date.now");
    Math.random = forbidden("Math.random");
    globalThis.setTimeout = forbidden("setTimeout") as unknown as typeof setTimeout;
  });
  afterEach(() => {
    Date.now = real.now;
    Math.random = real.random;
    globalThis.setTimeout = real.setTimeout;
  });

  it(`keeps every promise in ${SEEDS} stories`, async () => {
    const broken: string[] = [];
    let faults = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const story = await simulate(seed);
      faults += story.injected.length;
      if (story.violations.length > 0) broken.push(`seed ${seed}: ${story.violations.join("\n  ")}`);
    }
    expect(broken).toEqual([]);
    expect(faults).toBeGreaterThan(SEEDS * 10);
  });

  it("brings everything to its end by the sweep alone, with every message lost", async () => {
    for (let seed = 1; seed <= 20; seed++) expect((await simulate(seed, { hints: false })).violations).toEqual([]);
  });

  it("tells the same story for the same seed", async () => {
    expect(await simulate(7)).toEqual(await simulate(7));
  });
});

function forbidden(name: string): () => never {
  return () => {
    throw new Error(`${name} is used while a simulation runs: time and chance come from the world`);
  };
}
