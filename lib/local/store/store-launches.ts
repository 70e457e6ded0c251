import { isoOf } from "../../core/iso-time.ts";
import type { Launches } from "../../core/ports.ts";
import type { Launch } from "../../core/run/launch.ts";
import { decodeLaunch, encodeLaunch } from "../../core/run/launch-codec.ts";
import { type StoreFile, useFile } from "./store-file.ts";
import { jsonOf, type RowColumn } from "./store-json.ts";

export function localLaunches(file: StoreFile): Launches {
  const get = file.prepare("SELECT row FROM launches WHERE id = ?");
  const insert = file.prepare(`INSERT INTO launches (${columnNames}) VALUES (${values}) ON CONFLICT DO NOTHING`);
  const update = file.prepare(
    `UPDATE launches SET (${columnNames}) = (${values}) WHERE id = @id AND version = @expectedVersion`,
  );

  return {
    async reserve(launch) {
      return useFile(() => (insert.run(columnsOf(launch)).changes === 1 ? "reserved" : "exists"));
    },
    async get(id) {
      const found = useFile(() => get.get(id) as RowColumn | undefined);
      return found && decodeLaunch(jsonOf(found));
    },
    async save(launch, expectedVersion) {
      const next = { ...columnsOf({ ...launch, version: expectedVersion + 1 }), expectedVersion };
      return useFile(() => (update.run(next).changes === 1 ? "saved" : "stale"));
    },
  };
}

const columnNames = "id, version, profile, scope, count, outcome, createdAt, deadline, row";
const values = columnNames.replaceAll(/\w+/g, "@$&");

function columnsOf(launch: Launch) {
  const { id, version, profile, scope, count } = launch;
  return {
    ...{ id, version, profile, scope, count },
    outcome: launch.outcome.kind,
    createdAt: isoOf(launch.createdAt),
    deadline: isoOf(launch.deadline),
    row: JSON.stringify(encodeLaunch(launch)),
  };
}
