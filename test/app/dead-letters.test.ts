import { describe, expect, it } from "@jest/globals";
import { noteDeadLetters } from "../../lib/app/dead-letters.ts";
import { dispatch } from "../../lib/app/dispatch.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { Message } from "../../lib/core/ports.ts";
import { type MemoryWorld, memoryWorld } from "../world/world.ts";

const repo = { id: "7", name: "acme/shop" };
const job = { id: "1", name: "release", labels: ["linux"], headSha: "a".repeat(40) };

/** A world whose queue has given up one message. */
async function givenUp(
  message: (world: MemoryWorld) => Message,
  reason = "the token was revoked",
): Promise<MemoryWorld> {
  const world = memoryWorld();
  await world.queue.send(message(world));
  await world.queue.pump(async () => ({ kind: "poison", reason }));
  return world;
}

const jobEvent = (world: MemoryWorld): Message => ({ v: 1, kind: "event", envelope: world.home.queueJob(repo, job) });

describe("5-03 a message that was given up", () => {
  it("becomes a row that has ended, and says why", async () => {
    const world = await givenUp(jobEvent);
    expect(await noteDeadLetters(world, world.queue.deadLetters)).toBe(1);
    expect(world.runs.all()).toMatchObject([
      {
        status: "failed",
        repo: "acme/shop",
        jobName: "release",
        sha: job.headSha,
        reason: { code: "dead-letter", text: "this event was given up: the token was revoked" },
      },
    ]);
    expect(world.runs.all()[0]).not.toHaveProperty("dueAt");
  });

  it("names a push by its event and ref", async () => {
    const push = { ref: "refs/heads/main", before: "0".repeat(40), after: "b".repeat(40) };
    const world = await givenUp(({ home }) => ({ v: 1, kind: "event", envelope: home.pushed(repo, push) }));
    await noteDeadLetters(world, world.queue.deadLetters);
    expect(world.runs.all()).toMatchObject([{ jobName: "(push)", ref: "refs/heads/main", sha: "b".repeat(40) }]);
  });

  it("is noted once, however often one looks, and stays for whoever mends its cause", async () => {
    const world = await givenUp(jobEvent);
    await noteDeadLetters(world, world.queue.deadLetters);
    expect(await noteDeadLetters(world, world.queue.deadLetters)).toBe(0);
    expect(world.runs.all()).toHaveLength(1);
    expect(await world.queue.deadLetters.list(5)).toHaveLength(1);
  });

  it("gets its run all the same once it has a fresh start", async () => {
    const world = await givenUp(jobEvent);
    await noteDeadLetters(world, world.queue.deadLetters);
    await world.queue.deadLetters.redrive();
    await world.queue.pump((message, count) => dispatch(world, message, count));
    expect(
      world.runs
        .all()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(["booting", "failed"]);
  });

  it("gets no row where the sweep had it planned after all", async () => {
    const world = memoryWorld();
    const message = jobEvent(world);
    await dispatch(world, message, 1);
    await world.queue.send(message);
    await world.queue.pump(async () => ({ kind: "poison", reason: "too late" }));
    expect(await noteDeadLetters(world, world.queue.deadLetters)).toBe(0);
    expect(world.runs.all().map(({ status }) => status)).not.toContain("failed");
  });

  it.each([
    { what: "a wake-up: its run has a row", body: '{"v":1,"kind":"wake","runKey":"r"}' },
    { what: "what is no message of ours", body: "hello" },
  ])("gets no row where it is $what", async ({ body }) => {
    const world = memoryWorld();
    expect(await noteDeadLetters(world, { list: async () => [{ body, reason: "x" }] })).toBe(0);
    expect(world.runs.all()).toEqual([]);
  });

  it("never stops the rest: neither a queue that does not answer nor a row that cannot be written", async () => {
    const world = await givenUp(jobEvent);
    const silent = { list: () => Promise.reject(new WorldError("sqs is down", { retryable: true })) };
    expect(await noteDeadLetters(world, silent)).toBe(0);
    const create = () => Promise.reject(new WorldError("the table is down", { retryable: true }));
    const down = { ...world, runs: { ...world.runs, create } };
    expect(await noteDeadLetters(down, world.queue.deadLetters)).toBe(0);
    expect(world.log.lines.map(({ message }) => message)).toEqual(
      expect.arrayContaining(["dead letter not noted", "dead letter not noted"]),
    );
  });
});
