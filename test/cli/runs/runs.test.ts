import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Run } from "../../../lib/core/run/run.ts";
import { endedRun, finishedRun, queuedRun, runningRun } from "../../dashboard/samples.ts";
import { memoryDeployWorld } from "../../world/deploy-world.ts";
import { memoryWorld } from "../../world/world.ts";
import { dayfly } from "../command-line.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-test-"));
  writeFileSync(join(folder, "store.db"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A command line over these runs; `turn` is called at each look, before the answer. */
async function ask(argv: readonly string[], runs: Run[], { log = "", turn = () => {} } = {}) {
  const world = memoryWorld();
  const get = async (key: string) => {
    turn();
    return runs.find((run) => run.key === key);
  };
  const list = async ({ limit, status, repo }: { limit: number; status?: readonly string[]; repo?: string }) =>
    runs.filter((run) => (!status || status.includes(run.status)) && (!repo || run.repo === repo)).slice(0, limit);
  return dayfly(argv, {
    environment: { DAYFLY_DIR: folder },
    openWorld: async () => ({
      world: { ...world, runs: { ...world.runs, get, list } },
      log: async (_key, from) => ({ text: log.slice(Math.max(0, from)), from, next: log.length }),
      deploys: memoryDeployWorld,
      close: async () => {},
    }),
  });
}

describe("dayfly runs", () => {
  const all = [
    queuedRun({ key: "aaaa1111", jobName: "build" }),
    finishedRun({ key: "bbbb2222", jobName: "test (20)" }),
  ];

  it("lists a line for each run, with key, job, status and reason", async () => {
    const { code, out } = await ask(["runs"], all);
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toMatch(/^aaaa1111 {2}you\/demo {2}main {2}build .*○ queued .*the push to main/);
    expect(out.split("\n")[1]).toMatch(/^bbbb2222 .*test \(20\).* 2\.8 s .*✓ succeeded .*the job ended: success$/);
  });

  it.each([
    { argv: ["--status", "open"], keys: ["aaaa1111"] },
    { argv: ["--status", "ended"], keys: ["bbbb2222"] },
    { argv: ["--status", "completed"], keys: ["bbbb2222"] },
    { argv: ["--repo", "you/other"], keys: [] },
    { argv: ["--limit", "1"], keys: ["aaaa1111"] },
  ])("shows with $argv only $keys", async ({ argv, keys }) => {
    const { out } = await ask(["runs", "--json", ...argv], all);
    expect(JSON.parse(out).runs.map(({ key }: Run) => key)).toEqual(keys);
  });

  it("says what to do while there are none", async () => {
    expect(await ask(["runs"], [])).toMatchObject({ code: 0, out: "", err: expect.stringContaining("push a commit") });
  });

  it.each([
    { argv: ["runs", "--limit", "0"], says: "is no number of runs" },
    { argv: ["runs", "--limit", "x"], says: "is no number of runs" },
    { argv: ["runs", "--status", "runing"], says: "Allowed choices are" },
    { argv: ["runs", "shwo"], says: "Did you mean show?" },
    { argv: ["runs", "show", "cccc"], says: "there is no run cccc" },
    { argv: ["runs", "show"], says: "missing required argument 'key'" },
  ])("refuses $argv with code 2", async ({ argv, says }) => {
    const { code, err, out } = await ask(argv, all);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(says);
  });

  it("tells control characters of a job's name and reason, and does not send them", async () => {
    const { out } = await ask(
      ["runs"],
      [queuedRun({ jobName: "a\u001b]0;title\u0007b", reason: { code: "x", text: "\u001b[31m" } })],
    );
    expect(out).toContain("a\\x1b]0;title\\x07b");
    expect(out).not.toContain("\u001b");
  });

  it("needs a world that was started once", async () => {
    const { code, err } = await dayfly(["runs"], {
      folder: tmpdir(),
      environment: { DAYFLY_DIR: join(folder, "none") },
    });
    expect(code).toBe(2);
    expect(err).toContain("there is no local world yet");
    expect(err).toContain("dayfly start");
  });
});

describe("dayfly runs show", () => {
  it("6-05 says why it stands there, what comes next, and how it came there", async () => {
    const run = runningRun({ key: "aaaa1111", nextAction: "end the machine if it is past its deadline" });
    const { out } = await ask(["runs", "show", "aaaa"], [run]);
    expect(out).toMatch(/^why .*the push to main matches branches: \[main\]/m);
    expect(out).toMatch(/^next .*end the machine/m);
    expect(out).toMatch(/^\+0\.4 s +running +the job runs on local-4f2a/m);
  });

  it("refuses a beginning that two keys have", async () => {
    const { code, err } = await ask(["runs", "show", "aa"], [queuedRun({ key: "aab" }), queuedRun({ key: "aac" })]);
    expect(code).toBe(2);
    expect(err).toContain("2 runs have a key that begins with aa");
  });

  it.each([
    { ends: finishedRun({ key: "k1" }), code: 0 },
    { ends: finishedRun({ key: "k1" }, "failure"), code: 1 },
    { ends: endedRun("failed", { key: "k1" }), code: 1 },
    { ends: endedRun("lost", { key: "k1" }), code: 1 },
  ])("with --watch waits for the end: $ends.status $ends.conclusion gives $code", async ({ ends, code }) => {
    const runs = [runningRun({ key: "k1" }) as Run];
    let looks = 0;
    const turn = () => {
      if (++looks === 3) runs[0] = ends;
    };
    expect((await ask(["runs", "show", "k1", "--watch"], runs, { turn })).code).toBe(code);
    expect(looks).toBe(3);
  });
});

describe("dayfly runs logs", () => {
  it("prints the log on stdout, harmless for the terminal", async () => {
    const { code, out } = await ask(["runs", "logs", "k1"], [finishedRun({ key: "k1" })], {
      log: "one\n\u001b[2Jtwo\n",
    });
    expect({ code, out }).toEqual({ code: 0, out: "one\n\\x1b[2Jtwo\n" });
  });

  it("with --follow ends with the run, and its code says how", async () => {
    const { code, out, err } = await ask(["runs", "logs", "k1", "-f"], [finishedRun({ key: "k1" }, "failure")], {
      log: "x\n",
    });
    expect({ code, out }).toEqual({ code: 1, out: "x\n" });
    expect(err).toContain("✗ job failed");
  });
});
