import { describe, expect, it } from "@jest/globals";
import { dispatch } from "../../lib/app/dispatch.ts";
import { sweep } from "../../lib/app/sweep.ts";
import type { Envelope } from "../../lib/core/event.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const sha = "a".repeat(40);
const job = { id: "1", name: "build", labels: ["linux"], headSha: sha };
const text = "on: push\njobs:\n  build: { runs-on: linux, steps: [{ run: make }] }\n";

async function take(world: MemoryWorld, ...envelopes: readonly Envelope[]): Promise<void> {
  for (const envelope of envelopes) await dispatch(world, { v: 1, kind: "event", envelope }, 1);
}

function pushed(world: MemoryWorld, workflow = text): Envelope {
  world.home.source.commitFiles(sha, { files: { ".gitea/workflows/b.yml": workflow } });
  return world.home.pushed(repo, { ref: "refs/heads/main", before: "0".repeat(40), after: sha });
}

/** A repository of which we know that it sends job events. */
async function known(): Promise<MemoryWorld> {
  const world = memoryWorld();
  await world.journal.saveRepository({ forge: "home", ...repo, sendsJobEvents: true });
  return world;
}

async function comparedAfter(world: MemoryWorld, minutes: number) {
  world.clock.advance(minutes * 60);
  await sweep(world);
  return (await world.journal.decisions(5)).map(({ compared }) => compared);
}

const logged = (world: MemoryWorld) =>
  world.log.lines.filter(({ message }) => message === "plan compared").map(({ facts }) => facts.outcome);

describe("a plan beside what the forge made of it", () => {
  it.each(["push first", "job event first"])(
    "agreed: it is kept with the decision, and counted once (%s)",
    async (order) => {
      const world = await known();
      const events = [pushed(world), world.home.queueJob(repo, job)];
      await take(world, ...(order === "push first" ? events : events.reverse()));

      expect(await comparedAfter(world, 11)).toEqual([{ kind: "agreed", text: "the forge made 1 job, as planned" }]);
      await comparedAfter(world, 11);
      expect(logged(world)).toEqual(["agreed"]);
    },
  );

  it("differed: the reason names the job", async () => {
    const world = await known();
    await take(
      world,
      pushed(world, text.replace("push", "{ push: { branches: [dev] } }")),
      world.home.queueJob(repo, job),
    );

    expect(await comparedAfter(world, 11)).toEqual([
      { kind: "differed", text: 'no push or pull request plans the job "build"' },
    ]);
    expect(logged(world)).toEqual(["differed"]);
  });

  it("counts a row that the plan made and a job event adopted as the forge's job", async () => {
    const world = memoryWorld();
    await take(world, pushed(world), world.home.queueJob(repo, job));
    expect(await comparedAfter(world, 11)).toMatchObject([{ kind: "agreed" }]);
  });

  it("does not count a rerun as another job", async () => {
    const world = await known();
    await take(world, pushed(world), world.home.queueJob(repo, job));
    await take(world, world.home.finishJob("1", "cancelled"), world.home.rerunJob("1"));
    expect(await comparedAfter(world, 11)).toMatchObject([{ kind: "agreed" }]);
  });

  it("waits until the forge has had time to tell", async () => {
    const world = await known();
    await take(world, pushed(world));
    expect(await comparedAfter(world, 9)).toEqual([undefined]);
    await take(world, world.home.queueJob(repo, job));
    expect(await comparedAfter(world, 2)).toMatchObject([{ kind: "agreed" }]);
  });

  it("says nothing of a repository that sends only pushes: there the plan is the truth", async () => {
    const world = memoryWorld();
    await take(world, pushed(world));
    expect(await comparedAfter(world, 11)).toEqual([undefined]);
    expect(logged(world)).toEqual([]);
  });
});
