import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { claim } from "../../lib/app/claim.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { github } from "../../lib/core/dialect.ts";
import type { Envelope } from "../../lib/core/event.ts";
import { memoryForge } from "../world/memory-forge.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { type MemoryWorld, memoryWorld, testConfig } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const sha = "a".repeat(40);
const job = { id: "1", name: "build", labels: ["linux"], headSha: sha };
const build = "on: push\njobs:\n  build: { runs-on: linux, steps: [{ run: make }] }\n";

function take(world: MemoryWorld, envelope: Envelope): Promise<unknown> {
  return dispatch(world, { v: 1, kind: "event", envelope }, 1);
}

function pushed(world: MemoryWorld): Envelope {
  world.home.source.commitFiles(sha, { files: { ".gitea/workflows/b.yml": build } });
  return world.home.pushed(repo, { ref: "refs/heads/main", before: "0".repeat(40), after: sha });
}

describe("job events, the one source of demand", () => {
  it("end the same in every order of queued, in_progress and completed, doubled or not", async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 3 }).filter((list) => new Set(list).size === 3);
    await fc.assert(
      fc.asyncProperty(order, async (list) => {
        const world = memoryWorld();
        const queued = world.home.queueJob(repo, job);
        await take(world, queued);
        const instanceId = world.machines.all()[0]?.instanceId ?? "";
        await claim(world, { instanceId }, "b");
        const began = world.home.pickUp(`dayfly-${instanceId}-1`) as Envelope;
        const ended = world.home.finishJob("1", "success");
        for (const index of list) await take(world, [queued, began, ended][index] as Envelope);

        expect(world.runs.all()).toMatchObject([{ status: "completed", conclusion: "success", instanceId }]);
        expect(world.machines.launchCalls()).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });

  it("cancelled before queued: a late `queued` launches nothing", async () => {
    const world = memoryWorld();
    const queued = world.home.queueJob(repo, job);
    const cancelled = world.home.finishJob("1", "cancelled");
    await take(world, cancelled);
    await take(world, queued);

    expect(world.runs.all()).toMatchObject([{ status: "cancelled" }]);
    expect(world.machines.all()).toEqual([]);
  });

  it("adopt the row that the push had planned, and launch nothing beside it", async () => {
    const world = memoryWorld();
    await take(world, pushed(world));
    await take(world, world.home.queueJob(repo, job));

    expect(world.runs.all()).toMatchObject([{ jobName: "build", workflow: ".gitea/workflows/b.yml", forgeJobId: "1" }]);
    expect(world.machines.launchCalls()).toHaveLength(1);
  });

  it("switch a repository for good: from then on a push plans, shows and launches nothing", async () => {
    const world = memoryWorld();
    await take(world, world.home.queueJob(repo, { ...job, headSha: "b".repeat(40) }));
    await take(world, pushed(world));

    expect(world.runs.all().filter((run) => run.sha === sha)).toEqual([]);
    expect(await world.journal.decisions(5)).toHaveLength(1);
  });

  it.each(["that we know", "that is new to us"])(
    "a push and its job events end in one row in every order, in a repository %s",
    async (which) => {
      // Somebody has to tell us of the job before a machine of ours can have it; after that anything may come, and come twice.
      const rest = fc.shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3], { minLength: 4 });
      const order = fc.tuple(fc.constantFrom(0, 1), rest).filter(([, list]) => new Set(list).size === 4);
      await fc.assert(
        fc.asyncProperty(order, async ([first, list]) => {
          const world = memoryWorld();
          if (which === "that we know")
            await world.journal.saveRepository({ forge: "home", ...repo, sendsJobEvents: true });
          const push = pushed(world);
          const queued = world.home.queueJob(repo, job);
          const tellsUs = which === "that we know" ? queued : [push, queued][first];
          await take(world, tellsUs as Envelope);
          const instanceId = world.machines.all()[0]?.instanceId ?? "";
          await claim(world, { instanceId }, "b");
          const began = world.home.pickUp(`dayfly-${instanceId}-1`) as Envelope;
          const ended = world.home.finishJob("1", "success");
          for (const index of list) await take(world, [push, queued, began, ended][index] as Envelope);

          expect(world.runs.all()).toMatchObject([{ status: "completed", conclusion: "success", instanceId }]);
          expect(world.machines.launchCalls()).toHaveLength(1);
        }),
        { numRuns: 60 },
      );
    },
  );

  it("a job cancelled before it began ends cancelled, in every order of push, queued and completed", async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 3 }).filter((list) => new Set(list).size === 3);
    await fc.assert(
      fc.asyncProperty(order, async (list) => {
        const world = memoryWorld();
        const events = [pushed(world), world.home.queueJob(repo, job), world.home.finishJob("1", "cancelled")];
        for (const index of list) await take(world, events[index] as Envelope);
        expect(world.runs.all()).toMatchObject([{ status: "cancelled" }]);
      }),
      { numRuns: 60 },
    );
  });

  it("one commit pushed to two refs is two jobs, each with the row of its own", async () => {
    const world = memoryWorld();
    await take(world, pushed(world));
    await take(world, world.home.pushed(repo, { ref: "refs/heads/release", before: "0".repeat(40), after: sha }));
    await take(world, world.home.queueJob(repo, job));
    await take(world, world.home.queueJob(repo, { ...job, id: "2" }));

    expect(
      world.runs
        .all()
        .map(({ forgeJobId }) => forgeJobId)
        .sort(),
    ).toEqual(["1", "2"]);
    expect(world.machines.all()).toHaveLength(2);
  });

  it("a name that GitHub cuts at 100 characters still finds its planned row", async () => {
    const long = "x".repeat(120);
    const workflow = `on: push\njobs:\n  t: { runs-on: linux, strategy: { matrix: { v: [${long}] } }, steps: [{ run: make }] }\n`;
    const clock = virtualClock();
    const hub = memoryForge({ name: "hub", dialect: github, clock });
    const config = {
      ...testConfig,
      forges: [{ name: "hub", kind: "github" as const, url: "https://github.com", allow: [] }],
    };
    const world = memoryWorld({ clock, config, forges: { hub } });
    hub.source.commitFiles(sha, { files: { ".github/workflows/b.yml": workflow } });
    await take(world, hub.pushed(repo, { ref: "refs/heads/main", before: "0".repeat(40), after: sha }));
    const name = `t (${long}`.slice(0, 97).concat("...");
    await take(world, hub.queueJob(repo, { ...job, name }));

    expect(world.runs.all()).toMatchObject([{ jobName: name, workflow: ".github/workflows/b.yml", forgeJobId: "1" }]);
    expect(world.machines.launchCalls()).toHaveLength(1);
  });

  it("`waiting` asks for no machine; its `queued` does", async () => {
    const world = memoryWorld();
    await take(world, world.home.queueJob(repo, { ...job, status: "waiting" }));
    expect(world.runs.all()).toMatchObject([{ status: "waiting" }]);
    expect(world.machines.all()).toEqual([]);

    await take(world, world.home.queueJob(repo, job));
    expect(world.runs.all()).toMatchObject([{ status: "booting" }]);
  });

  it("a rerun is a new run of the same job, with the old one named", async () => {
    const world = memoryWorld();
    await take(world, world.home.queueJob(repo, job));
    await take(world, world.home.finishJob("1", "cancelled"));
    await take(world, world.home.rerunJob("1"));

    const [old, again] = world.runs.all();
    expect(again).toMatchObject({ status: "booting", forgeTry: 2, rerunOf: old?.key });
  });

  it("a job that a foreign runner took costs one idle machine, not a failed run", async () => {
    const world = memoryWorld();
    const queued = world.home.queueJob(repo, job);
    await take(world, queued);
    const began: Envelope = {
      ...queued,
      deliveryId: "x",
      job: { ...(queued.job as NonNullable<Envelope["job"]>), status: "in_progress", runnerName: "office-pc" },
    };
    await take(world, began);

    expect(world.runs.all()).toMatchObject([{ status: "cancelled", reason: { code: "served-elsewhere" } }]);
  });

  it("GitHub's own labels never launch for a GitHub forge", async () => {
    const config = {
      ...testConfig,
      forges: [{ name: "home", kind: "github" as const, url: "https://github.com", allow: [] }],
    };
    const world = memoryWorld({ config });
    await take(world, world.home.queueJob(repo, { ...job, labels: ["ubuntu-latest"] }));

    expect(world.runs.all()).toMatchObject([{ status: "skipped", reason: { code: "hosted-by-github" } }]);
    expect(world.machines.all()).toEqual([]);
  });

  it("equal names in two workflows of one commit are two jobs", async () => {
    const world = memoryWorld();
    await take(world, world.home.queueJob(repo, job));
    await take(world, world.home.queueJob(repo, { ...job, id: "2" }));
    expect(world.runs.all()).toHaveLength(2);
    expect(world.machines.all()).toHaveLength(2);
  });
});
