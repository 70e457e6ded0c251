import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Run } from "../../lib/core/run/run.ts";
import { finishedRun, queuedRun } from "../dashboard/samples.ts";
import { memoryDeployWorld } from "../world/deploy-world.ts";
import { memoryWorld, smallProfile } from "../world/world.ts";
import { dayfly } from "./command-line.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
  writeFileSync(join(folder, "store.db"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A command line over a whole world in memory that holds these runs. */
async function worldOf(...runs: Run[]) {
  const world = memoryWorld();
  for (const run of runs) await world.runs.create({ ...run, forge: "home", profile: smallProfile.name });
  const ask = (...argv: string[]) =>
    dayfly(argv, {
      environment: { DAYFLY_DIR: folder, USER: "ada" },
      openWorld: async () => ({ world, log: async () => undefined, deploys: memoryDeployWorld, close: async () => {} }),
    });
  return { world, ask };
}

describe("dayfly runs cancel", () => {
  it("cancels an open run, and says who did", async () => {
    const { world, ask } = await worldOf(queuedRun({ key: "abcd1234" }));
    const { code, out } = await ask("runs", "cancel", "abcd");
    expect({ code, out }).toEqual({ code: 0, out: "abcd1234 ⊘ cancelled\n" });
    expect(await world.runs.get("abcd1234")).toMatchObject({
      status: "cancelled",
      reason: { text: "cancelled by ada" },
    });
  });

  it.each([
    { status: "waiting at its forge", forgeJobId: "7", says: true },
    { status: "ours alone", forgeJobId: undefined, says: false },
  ])("says that the forge still has the job, of a job $status: $says", async ({ forgeJobId, says }) => {
    const { ask } = await worldOf(queuedRun({ key: "abcd1234", ...(forgeJobId ? { forgeJobId } : {}) }));
    const { err } = await ask("runs", "cancel", "abcd");
    expect(err.includes("cancel it there too")).toBe(says);
  });

  it("leaves an ended run as it is, with code 1", async () => {
    const { world, ask } = await worldOf(finishedRun({ key: "abcd1234" }));
    const { code, err } = await ask("runs", "cancel", "abcd1234");
    expect(code).toBe(1);
    expect(err).toContain("had ended before");
    expect(await world.runs.get("abcd1234")).toMatchObject({ status: "completed" });
  });
});

describe("dayfly runs retry", () => {
  it("makes a new run of the same job and prints its key", async () => {
    const { world, ask } = await worldOf(finishedRun({ key: "abcd1234" }, "failure"));
    const { code, out } = await ask("runs", "retry", "abcd", "--json");
    expect(code).toBe(0);
    const { run } = JSON.parse(out);
    expect(run).toMatchObject({ rerunOf: "abcd1234", jobName: "build" });
    expect(await world.runs.get(run.key)).toMatchObject({ rerunOf: "abcd1234" });
  });

  it("refuses a run that has not ended", async () => {
    const { code, err, out } = await (await worldOf(queuedRun({ key: "k1" }))).ask("runs", "retry", "k1");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("run k1 has not ended: it is queued");
  });
});
