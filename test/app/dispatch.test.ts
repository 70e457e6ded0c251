import { describe, expect, it } from "@jest/globals";
import { dispatch } from "../../lib/app/dispatch.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { Envelope } from "../../lib/core/event.ts";
import type { Message } from "../../lib/core/ports.ts";
import { type MemoryWorld, memoryWorld, testConfig } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const zero = "0".repeat(40);
const [before, after] = ["b".repeat(40), "a".repeat(40)];

const build = `on:
  push:
    branches: [main]
    paths-ignore: ["docs/**"]
jobs:
  build: { runs-on: ubuntu-latest, steps: [{ run: make }] }
  test: { needs: build, runs-on: ubuntu-latest, strategy: { matrix: { os: [a, b] } }, steps: [{ run: make test }] }
  big: { runs-on: mainframe, steps: [{ run: make }] }
  own: { runs-on: host, steps: [{ run: make }] }
`;

function world(): MemoryWorld {
  const made = memoryWorld();
  made.home.source.commitFiles(before, { files: { ".gitea/workflows/build.yml": build, "docs/a.md": "old" } });
  made.home.source.commitFiles(after, { files: { "main.c": "int main;" }, parents: [before] });
  return made;
}

function event(made: MemoryWorld, change: Partial<Envelope> = {}): Message {
  return {
    v: 1,
    kind: "event",
    envelope: { ...made.home.pushed(repo, { ref: "refs/heads/main", before, after }), ...change },
  };
}

function rows(made: MemoryWorld): Record<string, string> {
  return Object.fromEntries(made.runs.all().map((run) => [run.jobName, run.status]));
}

describe("dispatch of a push", () => {
  it("1-02 1-05 writes one row a job, and launches those that wait for nobody", async () => {
    const made = world();
    expect(await dispatch(made, event(made), 1)).toEqual({ kind: "done" });

    expect(rows(made)).toEqual({
      build: "booting",
      "test (a)": "waiting",
      "test (b)": "waiting",
      big: "skipped",
      own: "skipped",
    });
    expect(made.machines.launchCalls()).toHaveLength(1);
    expect(made.runs.all().find(({ jobName }) => jobName === "build")).toMatchObject({
      repo: "acme/shop",
      workflow: ".gitea/workflows/build.yml",
    });
  });

  it("1-04 never launches for the label host", async () => {
    const made = world();
    await dispatch(made, event(made), 1);
    expect(made.runs.all().find(({ jobName }) => jobName === "own")?.reason.code).toBe("host-label");
  });

  it("names the profiles where none fits", async () => {
    const made = world();
    await dispatch(made, event(made), 1);
    const { reason } = made.runs.all().find(({ jobName }) => jobName === "big") ?? {};
    expect(reason).toMatchObject({ code: "no-profile", text: expect.stringContaining("small (ubuntu-latest, linux)") });
  });

  it("1-03 launches nothing for a path that is ignored, and says which line decided", async () => {
    const made = world();
    made.home.source.commitFiles("d".repeat(40), { files: { "docs/a.md": "new" }, parents: [after] });
    await dispatch(made, event(made, { before: after, after: "d".repeat(40) }), 1);

    expect(made.runs.all()).toEqual([]);
    const [recorded] = await made.journal.decisions(1);
    expect(recorded?.decision.workflows).toEqual([
      expect.objectContaining({ decision: "skip", reason: expect.objectContaining({ line: expect.any(Number) }) }),
    ]);
    expect(
      made.log.lines.some(({ message, facts }) => message === "workflow decided" && facts.decision === "skip"),
    ).toBe(true);
  });

  it("6-02 changes nothing when the same push comes again, under any delivery id", async () => {
    const made = world();
    const first = event(made);
    for (let n = 0; n < 50; n++) await dispatch(made, n % 2 ? first : event(made, { deliveryId: `again-${n}` }), 1);

    expect(made.runs.all()).toHaveLength(5);
    expect(made.machines.launchCalls()).toHaveLength(1);
  });

  it("launches ten equal jobs by one call", async () => {
    const made = memoryWorld();
    const ten =
      "on: push\njobs:\n  t: { runs-on: linux, strategy: { matrix: { n: [0,1,2,3,4,5,6,7,8,9] } }, steps: [{ run: x }] }\n";
    made.home.source.commitFiles(after, { files: { ".gitea/workflows/t.yml": ten } });
    await dispatch(made, event(made, { before: zero }), 1);

    expect(made.machines.launchCalls().map(({ count }) => count)).toEqual([10]);
  });

  it("5-02 ignores a repository that is not on the allow-list", async () => {
    const made = world();
    const config = { ...testConfig, forges: testConfig.forges.map((forge) => ({ ...forge, allow: ["other/*"] })) };
    expect(await dispatch({ ...made, config }, event(made), 1)).toEqual({ kind: "done" });
    expect(made.runs.all()).toEqual([]);
    expect(await made.journal.delivery("home", "delivery-1")).toMatchObject({ outcome: "ignored" });
  });

  it("one invalid file stops no other", async () => {
    const made = world();
    made.home.source.commitFiles(after, {
      files: { ".gitea/workflows/broken.yml": "on: push\njobs: [" },
      parents: [before],
    });
    await dispatch(made, event(made), 1);

    const [recorded] = await made.journal.decisions(1);
    const broken = recorded?.decision.workflows.find(({ path }) => path.endsWith("broken.yml"));
    expect(broken).toMatchObject({
      decision: "invalid",
      reason: { line: expect.any(Number), column: expect.any(Number) },
    });
    expect(rows(made).build).toBe("booting");
  });

  it("a forge that is down is asked again, at the time that it named", async () => {
    const made = world();
    const down = new WorldError("the forge is down", { retryable: true, retryAfterSeconds: 42 });
    const home = { ...made.home, source: { ...made.home.source, workflowFiles: () => Promise.reject(down) } };
    expect(await dispatch({ ...made, forge: () => home }, event(made), 1)).toEqual({ kind: "retry", seconds: 42 });
  });

  it("what can never succeed is poison, and is written down", async () => {
    const made = world();
    const refused = new WorldError("the token was revoked", { retryable: false });
    const home = { ...made.home, source: { ...made.home.source, workflowFiles: () => Promise.reject(refused) } };
    expect(await dispatch({ ...made, forge: () => home }, event(made), 1)).toEqual({
      kind: "poison",
      reason: "the token was revoked",
    });
    expect(await made.journal.delivery("home", "delivery-1")).toMatchObject({
      outcome: "failed",
      reason: "the token was revoked",
    });
  });
});

describe("needs", () => {
  it("release what waits when all has gone well, and skip it when not", async () => {
    const made = world();
    await dispatch(made, event(made), 1);
    await finish(made, "build", "success");
    expect(rows(made)).toMatchObject({ build: "completed", "test (a)": "booting", "test (b)": "booting" });

    const other = world();
    await dispatch(other, event(other), 1);
    await finish(other, "build", "failure");
    expect(rows(other)).toMatchObject({ build: "completed", "test (a)": "skipped", "test (b)": "skipped" });
  });
});

/** The forge's runner has taken a job and finished it. */
async function finish(made: MemoryWorld, jobName: string, conclusion: "success" | "failure"): Promise<void> {
  const run = made.runs.all().find((row) => row.jobName === jobName);
  const { apply } = await import("../../lib/app/apply.ts");
  const { now } = made.clock;
  const launchId = run && "launchId" in run ? (run.launchId ?? "") : "";
  const seat = {
    launchId,
    launchingAt: now(),
    launchedAt: now(),
    deadline: now() + 1,
    instanceId: "i-1",
    runnerName: "r",
    claimedAt: now(),
  };
  await apply(made, run?.key ?? "", () => ({ kind: "began", at: now(), seat }));
  await apply(made, run?.key ?? "", () => ({ kind: "ended-at-forge", at: now(), conclusion }));
  await made.queue.pump((message, count) => dispatch(made, message, count));
}
