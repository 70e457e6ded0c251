import { isoOf } from "../../core/iso-time.ts";
import type { Log, MachineRecords } from "../../core/ports.ts";
import type { Machine } from "../../core/run/machine.ts";
import { decodeMachine, encodeMachine } from "../../core/run/machine-codec.ts";
import { readRows } from "../../core/run/row.ts";
import { expiryAfter } from "./store-expiry.ts";
import { runItem } from "./store-runs.ts";
import type { Item, Table } from "./store-table.ts";

/** Who claimed what, in the table. */
export function dynamoMachineRecords(table: Table, log: Log): MachineRecords {
  async function get(instanceId: string): Promise<Machine | undefined> {
    const row = await table.get(machineKey(instanceId));
    return row && decodeMachine(row);
  }

  /** Follows a signpost; what it says counts only where the machine's own row agrees. */
  async function follow(signpost: string, agrees: (machine: Machine) => boolean): Promise<Machine | undefined> {
    const row = await table.get(signpost);
    const machine = row && (await get(String(row.instanceId)));
    return machine && agrees(machine) ? machine : undefined;
  }

  return {
    get,
    async claim(machine, run, expectedVersion) {
      const refused = await table.transact([
        { item: machineItem(machine), condition: "new" },
        { item: runItem({ ...run, version: expectedVersion + 1 }), condition: expectedVersion },
        ...signpostsTo(machine).map((item) => ({ item })),
      ]);
      if (refused === "written") return "ok";
      return refused[0] ? "machine-known" : "run-taken";
    },
    async retire(machine) {
      const { kind } = await table.write(machineItem(machine), "new");
      return kind === "written" ? "retired" : "machine-known";
    },
    async save(machine, expectedVersion) {
      const before = await get(machine.instanceId);
      if (before?.version !== expectedVersion) return "stale";
      const known = new Set(signpostsTo(before).map(({ record }) => record));
      // Before the row: a crash in between leaves a signpost with which no machine agrees, never a machine that cannot be found.
      for (const signpost of signpostsTo(machine)) if (!known.has(signpost.record)) await table.put(signpost);
      const { kind } = await table.write(machineItem({ ...machine, version: expectedVersion + 1 }), expectedVersion);
      return kind === "written" ? "saved" : "stale";
    },
    byRunner: (forge, runnerName) =>
      follow(runnerKey(forge, runnerName), (machine) => machine.forge === forge && machine.runnerName === runnerName),
    byToken: (tokenHash) => follow(tokenKey(tokenHash), (machine) => machine.tokenHash === tokenHash),
    async live() {
      const keys = await table.query({ index: "due", partition: "machine" });
      const rows = await table.getAll(keys.map(({ record }) => String(record)));
      return readRows(rows, decodeMachine, log).filter((machine) => machine.endedAt === undefined);
    },
  };
}

function machineKey(instanceId: string): string {
  return `machine#${instanceId}`;
}

function runnerKey(forge: string, runnerName: string): string {
  return `runner#${forge}#${runnerName}`;
}

function tokenKey(tokenHash: string): string {
  return `token#${tokenHash}`;
}

function machineItem(machine: Machine): Item {
  const ended = machine.endedAt;
  return {
    ...encodeMachine(machine),
    record: machineKey(machine.instanceId),
    ...(ended === undefined ? { dueKind: "machine", dueOn: isoOf(machine.deadline) } : { expiry: expiryAfter(ended) }),
  };
}

function signpostsTo({ forge, runnerName, tokenHash, instanceId, deadline }: Machine): readonly Item[] {
  const expiry = expiryAfter(deadline);
  return [runnerKey(forge, runnerName), tokenKey(tokenHash)].map((record) => ({ record, instanceId, expiry }));
}
