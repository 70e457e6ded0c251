import { beforeEach, describe, expect, it } from "@jest/globals";
import { decideEvents } from "../../lib/app/decide-event.ts";
import { github } from "../../lib/core/dialect.ts";
import type { Envelope } from "../../lib/core/event.ts";
import { type MemoryForge, memoryForge } from "../world/memory-forge.ts";
import { virtualClock } from "../world/virtual-clock.ts";

const [root, base, release, head] = ["0a", "0b", "0c", "0d"].map((pair) => pair.repeat(20)) as [
  string,
  string,
  string,
  string,
];

const request = { number: "3", title: "Add it", headSha: head, baseRef: "release", mergeBase: root, fork: false };
const pull: Envelope = {
  v: 1,
  forge: "home",
  deliveryId: "d-1",
  event: "pull_request",
  action: "opened",
  repo: { id: "7", name: "acme/shop" },
  ref: "refs/pull/3/head",
  after: head,
  pr: request,
  sender: "ada",
  at: 0,
};

function workflow(event: string): string {
  return `on: ${event}\njobs: { ${event}: { runs-on: linux } }\n`;
}

/** `main` and `release` have other workflows than the head of the pull request. */
function historyIn({ source }: MemoryForge, folder: string): void {
  source.commitFiles(root, { files: { "README.md": "r" } });
  source.commitFiles(base, { parents: [root], files: { [`${folder}/main.yml`]: workflow("pull_request_target") } });
  source.commitFiles(release, { parents: [root], files: { [`${folder}/old.yml`]: workflow("pull_request_target") } });
  source.commitFiles(head, {
    parents: [root],
    files: {
      [`${folder}/own.yml`]: workflow("pull_request"),
      [`${folder}/evil.yml`]: workflow("pull_request_target"),
    },
  });
  source.moveBranch("main", base);
  source.moveBranch("release", release);
}

async function started(forge: MemoryForge, envelope = pull) {
  const events = await decideEvents(forge, envelope);
  return events.map(({ envelope: { event, ref, after }, decision }) => ({
    event,
    ref,
    after,
    runs: decision.workflows.filter(({ decision: word }) => word === "run").map(({ path }) => path),
  }));
}

describe("a pull request in Gitea", () => {
  let forge: MemoryForge;
  beforeEach(() => {
    forge = memoryForge({ clock: virtualClock() });
    historyIn(forge, ".gitea/workflows");
  });

  it("starts pull_request by the head's files and pull_request_target by the base's", async () => {
    expect(await started(forge)).toEqual([
      { event: "pull_request", ref: "refs/pull/3/head", after: head, runs: [".gitea/workflows/own.yml"] },
      { event: "pull_request_target", ref: "refs/heads/release", after: head, runs: [".gitea/workflows/old.yml"] },
    ]);
  });

  it("is one event where no file of the base listens to pull_request_target", async () => {
    forge.source.moveBranch("release", root);

    expect(await started(forge)).toHaveLength(1);
  });

  it("is one event where the base branch is gone", async () => {
    expect(await started(forge, { ...pull, pr: { ...request, baseRef: "gone" } })).toHaveLength(1);
  });

  it("has the same two identities when it comes again after the base has moved", async () => {
    const first = await decideEvents(forge, pull);
    forge.source.moveBranch("release", base);
    const again = await decideEvents(forge, { ...pull, deliveryId: "d-2" });

    expect(again.map(({ pushId }) => pushId)).toEqual(first.map(({ pushId }) => pushId));
    expect(new Set(first.map(({ pushId }) => pushId)).size).toBe(2);
  });

  it("does not start what is switched off, except by pull_request_target", async () => {
    forge.switchOff("own.yml", "old.yml");

    expect((await started(forge)).map(({ runs }) => runs)).toEqual([[], [".gitea/workflows/old.yml"]]);
  });
});

describe("a pull request on GitHub", () => {
  let forge: MemoryForge;
  beforeEach(() => {
    forge = memoryForge({ clock: virtualClock(), dialect: github });
    historyIn(forge, ".github/workflows");
  });

  it("starts pull_request_target by the default branch's files, at its commit, whatever the base is", async () => {
    expect((await started(forge))[1]).toEqual({
      event: "pull_request_target",
      ref: "refs/heads/main",
      after: base,
      runs: [".github/workflows/main.yml"],
    });
  });

  it("has the same identity when it comes again after the default branch has moved", async () => {
    const [, first] = await decideEvents(forge, pull);
    forge.source.moveBranch("main", release);
    const [, again] = await decideEvents(forge, pull);

    expect(again?.pushId).toBe(first?.pushId);
  });

  it("does not start what is switched off, by whatever event", async () => {
    forge.switchOff(".github/workflows/own.yml", ".github/workflows/main.yml");

    expect((await started(forge)).map(({ runs }) => runs)).toEqual([[], []]);
  });
});

it("does not ask what is switched off where nothing would run anyway", async () => {
  const forge = memoryForge({ clock: virtualClock() });
  forge.source.commitFiles(head, { files: { ".gitea/workflows/w.yml": workflow("push") } });
  const switches = {
    disabled: async () => {
      throw new Error("asked in vain");
    },
  };

  expect((await started({ ...forge, switches }))[0]?.runs).toEqual([]);
});

it("takes every workflow for switched on where the forge does not tell", async () => {
  const forge = memoryForge({ clock: virtualClock() });
  forge.source.commitFiles(head, { files: { ".gitea/workflows/w.yml": workflow("pull_request") } });
  const switches = { disabled: async () => "silent" as const };

  expect((await started({ ...forge, switches }))[0]?.runs).toEqual([".gitea/workflows/w.yml"]);
});
