import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { dispatch } from "../../lib/app/dispatch.ts";
import { WorldError } from "../../lib/core/errors.ts";
import type { Message, Runs } from "../../lib/core/ports.ts";
import { virtualClock } from "../world/virtual-clock.ts";
import { type MemoryWorld, memoryWorld, smallProfile, testConfig } from "../world/world.ts";
import { type TestTable, testTable } from "./dynamo-table.ts";

const sha = "a".repeat(40);
const workflow = `
on: push
jobs:
  test:
    runs-on: linux
    strategy:
      matrix:
        shard: [${Array.from({ length: 20 }, (_, n) => n).join(", ")}]
        node: [${Array.from({ length: 15 }, (_, n) => n).join(", ")}]
    steps: [{ run: "true" }]
`;

let table: TestTable;
let world: MemoryWorld;
let message: Message;

beforeEach(async () => {
  const clock = virtualClock();
  table = await testTable({ clock });
  const profile = { ...smallProfile, limits: { ...smallProfile.limits, machines: 500 } };
  world = { ...memoryWorld({ clock, config: { ...testConfig, profiles: [profile] } }), ...table.store } as MemoryWorld;
  world.home.source.commitFiles(sha, { files: { ".gitea/workflows/build.yml": workflow } });
  const push = { ref: "refs/heads/main", before: "0".repeat(40), after: sha };
  message = { v: 1, kind: "event", envelope: world.home.pushed({ id: "7", name: "acme/shop" }, push) };
});

afterEach(() => table.close());

/** Dies, as it were, after so many rows. */
function dyingAfter(count: number, runs: Runs): Runs {
  let created = 0;
  return {
    ...runs,
    create: (run) => {
      if (created++ === count) throw new WorldError("the connection is gone", { retryable: true });
      return runs.create(run);
    },
  };
}

describe("three hundred rows of a matrix", () => {
  it("are all there after a dispatch that died half-way is repeated, each once, those of before untouched", async () => {
    const died = { ...world, runs: dyingAfter(150, table.store.runs) };
    expect(await dispatch(died, message, 1)).toMatchObject({ kind: "retry" });
    const before = await table.store.runs.list({ limit: 1000 });
    expect(before).toHaveLength(150);

    expect(await dispatch(world, message, 2)).toEqual({ kind: "done" });
    const after = new Map((await table.store.runs.list({ limit: 1000 })).map((run) => [run.key, run]));
    expect(after.size).toBe(300);
    expect(new Set([...after.values()].map((run) => run.jobName)).size).toBe(300);
    expect(world.machines.all()).toHaveLength(300);
    expect(before.filter((run) => after.get(run.key)?.createdAt !== run.createdAt)).toEqual([]);
    const launched = [...after.values()].filter((run) => run.status !== "booting");
    expect(launched.map(({ key, status }) => ({ key, status }))).toEqual([]);

    expect(await dispatch(world, message, 3)).toEqual({ kind: "done" });
    expect(await table.store.runs.list({ limit: 1000 })).toHaveLength(300);
    expect(world.machines.all()).toHaveLength(300);
  });
});
