import { isoOf } from "../../core/iso-time.ts";
import type { Log, MachineRecords } from "../../core/ports.ts";
import type { Machine } from "../../core/run/machine.ts";
import { decodeMachine, encodeMachine } from "../../core/run/machine-codec.ts";
import { readRows } from "../../core/run/row.ts";
import { type StoreFile, useFile } from "./store-file.ts";
import { jsonOf, type RowColumn } from "./store-json.ts";
import type { LocalRuns } from "./store-runs.ts";

/** Who claimed what, in the same file as the runs: a claim is one transaction over both. */
export function localMachineRecords(file: StoreFile, runs: LocalRuns, log: Log): MachineRecords {
  const get = file.prepare("SELECT row FROM machines WHERE instanceId = ?");
  const byRunner = file.prepare("SELECT row FROM machines WHERE runnerName = ? AND forge = ?");
  const byToken = file.prepare("SELECT row FROM machines WHERE tokenHash = ?");
  const live = file.prepare("SELECT row FROM machines WHERE endedAt IS NULL");
  const insert = file.prepare(`INSERT INTO machines (${columnNames}) VALUES (${values}) ON CONFLICT DO NOTHING`);
  const update = file.prepare(
    `UPDATE machines SET (${columnNames}) = (${values}) WHERE instanceId = @instanceId AND version = @expectedVersion`,
  );

  function find(statement: typeof get, ...wanted: readonly string[]): Machine | undefined {
    const found = useFile(() => statement.get(...wanted)) as RowColumn | undefined;
    return found && decodeMachine(jsonOf(found));
  }

  return {
    async claim(machine, run, expectedVersion) {
      return useFile(() => {
        try {
          return file
            .transaction(() => {
              if (insert.run(columnsOf(machine)).changes === 0) return "machine-known";
              if (!runs.saveNow(run, expectedVersion)) throw new RunTaken();
              return "ok";
            })
            .immediate();
        } catch (error) {
          if (error instanceof RunTaken) return "run-taken";
          throw error;
        }
      });
    },
    async retire(machine) {
      return useFile(() => (insert.run(columnsOf(machine)).changes === 1 ? "retired" : "machine-known"));
    },
    get: async (instanceId) => find(get, instanceId),
    async save(machine, expectedVersion) {
      const next = { ...columnsOf({ ...machine, version: expectedVersion + 1 }), expectedVersion };
      return useFile(() => (update.run(next).changes === 1 ? "saved" : "stale"));
    },
    byRunner: async (forge, runnerName) => find(byRunner, runnerName, forge),
    byToken: async (tokenHash) => find(byToken, tokenHash),
    async live() {
      const rows = useFile(() => live.all() as RowColumn[]);
      return readRows(rows.map(jsonOf), decodeMachine, log);
    },
  };
}

/** Thrown inside the claim's transaction, so that the machine's row goes back out with it. */
class RunTaken extends Error {}

const columnNames =
  "instanceId, version, forge, repo, profile, runKey, runnerName, tokenHash, claimedAt, deadline, endedAt, row";
const values = columnNames.replaceAll(/\w+/g, "@$&");

function columnsOf(machine: Machine) {
  const { instanceId, version, forge, repo, profile, runKey, runnerName, tokenHash } = machine;
  return {
    ...{ instanceId, version, forge, repo, profile, runKey, runnerName, tokenHash },
    claimedAt: isoOf(machine.claimedAt),
    deadline: isoOf(machine.deadline),
    endedAt: machine.endedAt === undefined ? null : isoOf(machine.endedAt),
    row: JSON.stringify(encodeMachine(machine)),
  };
}
