import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import Database from "libsql";
import { UserError, WorldError } from "../../../lib/core/errors.ts";
import { type LocalStore, openStore } from "../../../lib/local/store/store.ts";
import { openStoreFile, useFile } from "../../../lib/local/store/store-file.ts";
import { runningDeploy } from "../../contracts/deploy-samples.ts";
import {
  at,
  bootingRun,
  claimedMachine,
  endedRun,
  pushDecision,
  queuedRun,
  receivedDelivery,
  reservedLaunch,
} from "../../contracts/samples.ts";
import { memoryLog } from "../../world/memory-log.ts";
import { virtualClock } from "../../world/virtual-clock.ts";
import { bundleProgram, runProgram } from "../child-program.ts";

const day = 24 * 3600;
let folder: string;
let path: string;
let log: ReturnType<typeof memoryLog>;
const opened: LocalStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-store-"));
  path = join(folder, "state", "store.db");
  log = memoryLog();
});

afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  rmSync(folder, { recursive: true });
});

function open(mode: "write" | "read" = "write", clock = virtualClock(at)): LocalStore {
  const store = openStore({ path, mode, clock, log });
  opened.push(store);
  return store;
}

function sql(statement: string): unknown[] {
  const file = new Database(path);
  try {
    return file.prepare(statement).all();
  } finally {
    file.close();
  }
}

describe("the store's file", () => {
  it("shows a person status, reason, machine and times in plain columns", async () => {
    const store = open();
    await store.runs.create(bootingRun());
    const columns = "key, status, reason, repo, job, instance, createdAt, dueAt, endedAt";
    expect(sql(`SELECT ${columns} FROM runs`)).toEqual([
      {
        key: "run-1",
        status: "booting",
        reason: "the push to main matches",
        repo: "acme/shop",
        job: 'test (20, "größer" 漢字)',
        instance: "i-0abc1234def567890",
        createdAt: "2026-01-01T12:00:00.000Z",
        dueAt: "2026-01-01T12:01:00.000Z",
        endedAt: null,
      },
    ]);
  });

  it("keeps everything when it is closed and opened again", async () => {
    await open().runs.create(queuedRun());
    expect(await open().runs.get("run-1")).toEqual(queuedRun());
  });

  it("has every write on the disk itself before it is acknowledged", () => {
    const file = openStoreFile(path, "write");
    expect(file.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 2 });
    expect(file.prepare("PRAGMA journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    file.close();
  });

  it("is read while another process writes", async () => {
    const writer = open();
    await writer.runs.create(queuedRun());
    const reader = open("read");
    await writer.runs.save(endedRun(), 1);
    expect(await reader.runs.list({ limit: 5 })).toEqual([endedRun({ version: 2 })]);
  });

  it("refuses to write where it was opened for reading", async () => {
    open();
    await expect(open("read").runs.create(queuedRun())).rejects.toMatchObject({ code: "SQLITE_READONLY" });
  });

  it("lets nobody change or remove what the audit of a deploy says", async () => {
    const store = open();
    await store.deploys.save(runningDeploy(), 0);
    expect(() => sql("UPDATE deployAudit SET text = 'nothing happened'")).toThrow(/append-only/);
    expect(() => sql("DELETE FROM deployAudit")).toThrow(/append-only/);
    expect(await store.deploys.audit(runningDeploy().id)).toHaveLength(1);
  });

  it("says with one sentence that nothing has run here yet", () => {
    expect(() => open("read")).toThrow(new UserError(`there is no store at ${path} yet: nothing has run here`));
  });

  it("says with one sentence that a file is not a store", () => {
    path = join(folder, "notes.txt");
    writeFileSync(path, "shopping list\n".repeat(1000));
    for (const mode of ["read", "write"] as const)
      expect(() => open(mode)).toThrow(/^\S+ is not a store of Dayfly: move/);
  });

  it("leaves another program's database alone", () => {
    path = join(folder, "other.db");
    sql("CREATE TABLE songs (title TEXT)");
    for (const mode of ["read", "write"] as const)
      expect(() => open(mode)).toThrow(/written by something other than Dayfly/);
    expect(sql("SELECT name FROM sqlite_schema")).toEqual([{ name: "songs" }]);
  });

  it.each([
    [99, "a newer Dayfly"],
    [-1, "something other than Dayfly"],
  ])("refuses layout %d, which %s wrote", (version, whose) => {
    open();
    sql(`PRAGMA user_version = ${version}`);
    expect(() => open()).toThrow(new RegExp(`written by ${whose} \\(layout ${version}, this one reads 2\\)`));
    expect(() => open("read")).toThrow(UserError);
  });

  it.each([
    ["a folder that is a file", () => writeFileSync(join(folder, "state"), "")],
    ["a folder that nobody may write", () => chmodSync(folder, 0o555)],
  ])("says with one sentence that it cannot use %s", (_what, spoil) => {
    spoil();
    if (process.getuid?.() === 0) path = "/proc/dayfly/store.db";
    expect(() => open()).toThrow(/^\S+ cannot be opened/);
    chmodSync(folder, 0o755);
  });

  it("leaves a row out of lists that somebody has spoilt, and says so", async () => {
    const store = open();
    for (const key of ["good", "bad"]) await store.runs.create(queuedRun({ key }));
    sql(`UPDATE runs SET row = json_set(row, '$.status', 'dancing') WHERE key = 'bad'`);
    expect((await store.runs.open()).map((run) => run.key)).toEqual(["good"]);
    expect(log.lines).toMatchObject([{ level: "error", message: "a stored row is left out" }]);
    await expect(store.runs.get("bad")).rejects.toThrow(/^the stored run bad cannot be read: status: /);
  });

  it("calls a file that another process keeps too long a passing trouble", () => {
    open();
    const [holder, waiter] = [new Database(path), new Database(path)];
    holder.exec("BEGIN IMMEDIATE");
    const write = () => useFile(() => waiter.prepare("DELETE FROM runs").run());
    expect(write).toThrow(WorldError);
    expect(write).toThrow(
      expect.objectContaining({ retryable: true, message: "the store could not be used (SQLITE_BUSY)" }),
    );
    for (const file of [holder, waiter]) file.close();
  });
});

describe("forgetExpired", () => {
  it("looks at most once an hour, however often it is called", async () => {
    const clock = virtualClock(at);
    const store = open("write", clock);
    store.forgetExpired();
    await store.runs.create(endedRun({ expiresAt: at - 1 }));
    clock.advance(3599);
    store.forgetExpired();
    expect(await store.runs.get("run-1")).toBeDefined();
    clock.advance(1);
    store.forgetExpired();
    expect(await store.runs.get("run-1")).toBeUndefined();
  });

  it("drops what has ended long ago and keeps everything that is open", async () => {
    const clock = virtualClock(at);
    const store = open("write", clock);
    await store.runs.create(queuedRun({ key: "open" }));
    await store.runs.create(endedRun({ key: "ended" }));
    await store.runs.create(endedRun({ key: "unreported", effects: [{ kind: "report" }] }));
    await store.runs.create(queuedRun());
    await store.machineRecords.claim(claimedMachine(), bootingRun(), 1);
    await store.launches.reserve(reservedLaunch());
    await store.journal.recordDelivery(receivedDelivery());
    await store.journal.recordDecision(pushDecision());
    await store.adoptions.adopt("job-1", "run-1");

    clock.advance(29 * day);
    store.forgetExpired();
    expect(await store.runs.get("ended")).toBeDefined();
    expect(await store.launches.get("launch-1")).toBeDefined();
    clock.advance(2 * day);
    store.forgetExpired();

    expect((await store.runs.list({ limit: 9 })).map((run) => run.key).sort()).toEqual(["open", "run-1", "unreported"]);
    expect(await store.machineRecords.live()).toHaveLength(1);
    expect(await store.launches.get("launch-1")).toBeUndefined();
    expect(await store.journal.delivery("home", "delivery-1")).toBeUndefined();
    expect(await store.journal.decisions(5)).toEqual([]);
    expect(await store.adoptions.find("job-1")).toBe("run-1");
    clock.advance(90 * day);
    store.forgetExpired();
    expect(await store.adoptions.find("job-1")).toBeUndefined();
  });
});

describe("several processes", () => {
  it("lose nothing that was acknowledged when one is killed with -9, and no claim is half there", async () => {
    const program = bundleProgram("store-writer.ts");
    const acknowledged = new Set<string>();
    for (const enough of [1, 37, 150]) {
      const writer = runProgram(program, path, "0", "writer");
      await writer.printed(enough);
      writer.child.kill("SIGKILL");
      await writer.ended;
      for (const line of writer.lines()) acknowledged.add(line.split(" ")[0] ?? "");
    }

    const store = open();
    const claimed = new Set((await store.machineRecords.live()).map((machine) => machine.runKey));
    const sent = new Set(
      (sql("SELECT body FROM messages") as { body: string }[]).map(({ body }) => JSON.parse(body).runKey),
    );
    expect(acknowledged.size).toBeGreaterThanOrEqual(150);
    expect([...acknowledged].filter((key) => !claimed.has(key) || !sent.has(key))).toEqual([]);
    const rows = sql("SELECT key, version FROM runs") as { key: string; version: number }[];
    expect(rows.filter(({ key, version }) => version !== (claimed.has(key) ? 2 : 1))).toEqual([]);
    expect(sql("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  });

  it("race for the same keys, and each key has one winner of each race", async () => {
    const program = bundleProgram("store-writer.ts");
    const writers = ["a", "b", "c"].map((name) => runProgram(program, path, "60", name));
    await Promise.all(writers.map((writer) => writer.ended));
    const lines = writers.flatMap((writer) => writer.lines());
    expect(lines).toHaveLength(180);
    expect(lines.filter((line) => line.includes("created"))).toHaveLength(60);
    expect(lines.filter((line) => line.endsWith(" ok"))).toHaveLength(60);
  });
});
