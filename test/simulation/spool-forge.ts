import { newestGitea } from "../../lib/core/dialect.ts";
import type { Envelope } from "../../lib/core/event.ts";
import type { Forge } from "../../lib/core/forge.ts";
import { memorySource } from "../world/memory-source.ts";
import type { Simulation } from "./simulation.ts";
import type { Time } from "./time.ts";

const repo = { id: "demo", name: "demo" };
const zero = "0".repeat(40);

const workflow = `on: push
jobs:
  build: { runs-on: ubuntu-latest, steps: [{ run: make }] }
  test:
    needs: build
    runs-on: ubuntu-latest
    strategy: { matrix: { part: [1, 2] } }
    steps: [{ run: make test }]
  report: { needs: [test], if: always(), runs-on: ubuntu-latest, steps: [{ run: make report }] }
`;

export interface SpoolForge extends Forge {
  pushAll(simulation: Simulation): void;
  pushes(): readonly Envelope[];
}

/** Plain git: it tells of pushes, keeps them in a spool, and has no word on jobs. */
export function spoolForge(time: Time): SpoolForge {
  const source = memorySource([".gitea/workflows"]);
  const spool: Envelope[] = [];

  function push(number: number): Envelope {
    const sha = number.toString(16).padStart(40, "a");
    source.commitFiles(sha, { files: { ".gitea/workflows/build.yml": workflow } });
    const envelope: Envelope = {
      v: 1,
      forge: "bare",
      deliveryId: `push-${number}`,
      pushId: String(number),
      event: "push",
      repo,
      ref: "refs/heads/main",
      before: zero,
      after: sha,
      sender: "alice",
      at: time.clock.now(),
    };
    spool.push(envelope);
    return envelope;
  }

  return {
    dialect: async () => newestGitea,
    serves: "its-run",
    source,
    demand: { missed: async () => [...spool], job: async () => "silent" },
    enrolment: {
      enrol: async ({ job: served }) => {
        if (!served) throw new Error("a spool's runner serves one job");
        const { run, needs } = served;
        const {
          key: runKey,
          attempt,
          repo: name,
          event,
          ref,
          sha,
          before = zero,
          sender = "",
          workflow: path = "",
          job = "",
        } = run;
        const place = { runKey, attempt, repo: name, event, ref, sha, before, sender, workflow: path, job };
        return { kind: "builtin", repository: "/srv/demo.git", job: place, needs };
      },
      runners: async () => [],
      remove: async () => undefined,
    },
    pushes: () => spool,
    pushAll({ between, deliver }) {
      const count = Math.floor(between(1, 4));
      for (let number = 1; number <= count; number++) {
        time.after(between(0, 3600), () => deliver({ v: 1, kind: "event", envelope: push(number) }));
      }
    },
  };
}
