import { describe, expect, it } from "@jest/globals";
import { simulateDeploys } from "./deploys.ts";

const SEEDS = Number(process.env.DAYFLY_SEEDS ?? 120);

describe("deploys under faults at every call, on the road and on the targets", () => {
  it(`keep every promise in ${SEEDS} stories`, async () => {
    const broken: string[] = [];
    const endings = new Map<string, number>();
    const reasons = new Set<string>();
    let faults = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const story = await simulateDeploys(seed);
      faults += story.injected.length;
      for (const reason of story.reasons) reasons.add(reason);
      for (const ending of story.endings) endings.set(ending, (endings.get(ending) ?? 0) + 1);
      if (story.violations.length > 0) broken.push(`seed ${seed}: ${story.violations.join("\n  ")}`);
    }
    expect(broken).toEqual([]);
    // Stories in which nothing happens prove nothing.
    expect(faults).toBeGreaterThan(SEEDS * 10);
    expect([...endings.keys()].sort()).toEqual(
      expect.arrayContaining(["deployed", "expired", "failed", "rolled-back", "superseded"]),
    );
    // Bundles that were gone, that had become others, and for which there was no room.
    expect([...reasons]).toEqual(expect.arrayContaining(["bundle-unavailable", "wrong-bundle", "apply-failed"]));
  });

  it("tell the same story for the same seed", async () => {
    expect(await simulateDeploys(7)).toEqual(await simulateDeploys(7));
  });
});
