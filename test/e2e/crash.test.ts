import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { isEnded } from "../../lib/core/run/run.ts";
import { pendingPushes } from "../../lib/forges/git/spool.ts";
import { stampedProcesses } from "../../lib/local/machine/processes.ts";
import { openStore } from "../../lib/local/store/store.ts";
import { type ScratchRepository, scratchRepository } from "../forges/git/scratch-repository.ts";
import { eventually } from "../local/eventually.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { type StartedServer, serverIn } from "./local-server.ts";

/**
 * A burst of pushes while the dispatcher is killed with -9 again and again. Run it by `npm run test:crash`.
 *
 * in: $CRASH_PUSHES, $CRASH_SEED
 */
const pushes = Number(process.env.CRASH_PUSHES ?? 12);
const seed = Number(process.env.CRASH_SEED ?? 1);
const killSeconds = 120;
const settleSeconds = Number(process.env.CRASH_SETTLE ?? 400);

jest.setTimeout((killSeconds + settleSeconds + 120) * 1000);

/** Four jobs a push: one, then two of a matrix, then one that needs both. Each leaves one line in a file of its own. */
const jobsOfAPush = ["first", "middle-a", "middle-b", "last"];

function workflow(results: string): string {
  const leave = (name: string) => `echo "$RUNNER_NAME" >> '${results}/\${{ github.sha }}.${name}'`;
  return `
on: push
jobs:
  first:
    runs-on: linux
    steps: [{ run: '${leave("first").replaceAll("'", "''")}; sleep 1' }]
  middle:
    needs: first
    runs-on: linux
    strategy: { matrix: { part: [a, b] } }
    steps: [{ run: '${leave("middle-${{ matrix.part }}").replaceAll("'", "''")}; sleep 1' }]
  last:
    needs: [middle]
    runs-on: linux
    steps: [{ run: '${leave("last").replaceAll("'", "''")}' }]
`;
}

describe("6-07 a burst of pushes while the dispatcher is killed again and again", () => {
  let folder: string;
  let results: string;
  let bare: string;
  let server: StartedServer;
  let work: ScratchRepository;
  const shas: string[] = [];
  let kills = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dayfly-crash-"));
    results = join(folder, "results");
    mkdirSync(results);
    bare = join(folder, "state", "repositories", "yours.git");
    server = serverIn(join(folder, "state"));
    work = scratchRepository();
    await server.start();

    const burst = new AbortController();
    await Promise.all([killAgainAndAgain(burst.signal), pushAll().finally(() => burst.abort())]);
    await settled();
  });

  afterAll(async () => {
    await server.stop();
    work.remove();
    if (!process.env.CRASH_KEEP) rmSync(folder, { recursive: true, force: true });
  });

  /** While the burst lasts, and then until half of the jobs have begun: at least three times, however fast the computer is. */
  async function killAgainAndAgain(burst: AbortSignal): Promise<void> {
    const random = seededRandom(seed);
    const half = (pushes * jobsOfAPush.length) / 2;
    const giveUpAt = Date.now() + killSeconds * 1000;
    while (Date.now() < giveUpAt && (kills < 3 || !burst.aborted || readdirSync(results).length < half)) {
      await delay(1_000 + random.fraction() * 6_000);
      await server.kill();
      kills++;
      // Some pushes find nobody at home.
      await delay(random.fraction() * 1_000);
      await server.start();
    }
  }

  async function pushAll(): Promise<void> {
    for (let n = 0; n < pushes; n++) {
      shas.push(work.commit({ ".github/workflows/w.yml": workflow(results), "n.txt": `${n}` }));
      await promisify(execFile)("git", ["push", "--quiet", bare, `HEAD:refs/heads/branch-${n % 5}`, "--force"], {
        cwd: work.path,
      });
    }
  }

  async function settled(): Promise<void> {
    await eventually("the end of every run", allEnded, settleSeconds).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await openRuns()}\n${server.complaints()}`);
    });
    await eventually("an empty spool", () => pendingPushes(bare).length === 0);
  }

  async function allEnded(): Promise<boolean> {
    const runs = await server.runs();
    await delay(1_000);
    return runs.length === pushes * jobsOfAPush.length && runs.every(isEnded);
  }

  /** What a person needs to know when the campaign does not come to its end. */
  async function openRuns(): Promise<string> {
    const runs = await server.runs();
    const open = runs.filter((run) => !isEnded(run));
    const lines = open.map((run) => `${run.sha.slice(0, 7)} ${run.jobName}: ${run.status}, ${run.reason.text}`);
    return [`${runs.length} runs, ${open.length} open`, ...lines].join("\n");
  }

  it("kills it several times, and goes on", () => {
    process.stdout.write(`${pushes} pushes, ${pushes * jobsOfAPush.length} jobs, ${kills} kills (seed ${seed})\n`);
    expect(kills).toBeGreaterThanOrEqual(3);
  });

  it("runs every job exactly once", () => {
    const lines = readdirSync(results).map((file) => {
      const text = readFileSync(join(results, file), "utf8");
      return [file, text.trimEnd().split("\n").length];
    });

    const expected = shas.flatMap((sha) => jobsOfAPush.map((job) => [`${sha}.${job}`, 1]));
    expect(lines.sort()).toEqual(expected.sort());
  });

  it("ends every run well", async () => {
    const conclusions = (await server.runs()).map(
      (run) => `${run.status} ${"conclusion" in run ? run.conclusion : ""}`,
    );

    expect(new Set(conclusions)).toEqual(new Set(["completed success"]));
  });

  it("leaves no dead letters", async () => {
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const store = openStore({ path: join(folder, "state", "store.db"), mode: "read", clock: { now: Date.now }, log });
    try {
      expect(await store.queue.deadLetters.list(10)).toEqual([]);
    } finally {
      store.close();
    }
  });

  it("leaves no process of any machine", async () => {
    const machines = join(folder, "state", "machines");
    const ids = readdirSync(machines).filter((name) => existsSync(join(machines, name, "machine.json")));
    const alive = async () => (await Promise.all(ids.map(stampedProcesses))).flat().length === 0;

    expect(ids.length).toBeGreaterThanOrEqual(pushes * jobsOfAPush.length);
    await eventually("the end of all machines", alive);
  });

  it("stops at last, on the first word", async () => {
    expect(await server.stop()).toBe(0);
  });
});
