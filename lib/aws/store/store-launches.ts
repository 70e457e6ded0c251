import type { Launches } from "../../core/ports.ts";
import type { Launch } from "../../core/run/launch.ts";
import { decodeLaunch, encodeLaunch } from "../../core/run/launch-codec.ts";
import { expiryAfter } from "./store-expiry.ts";
import type { Item, Table } from "./store-table.ts";

export function dynamoLaunches(table: Table): Launches {
  return {
    async reserve(launch) {
      const { kind } = await table.write(launchItem(launch), "new");
      return kind === "written" ? "reserved" : "exists";
    },
    async get(id) {
      const row = await table.get(launchKey(id));
      return row && decodeLaunch(row);
    },
    async save(launch, expectedVersion) {
      const { kind } = await table.write(launchItem({ ...launch, version: expectedVersion + 1 }), expectedVersion);
      return kind === "written" ? "saved" : "stale";
    },
  };
}

function launchKey(id: string): string {
  return `launch#${id}`;
}

/** No machine of a launch outlives its deadline, so its record is of no use long after. */
function launchItem(launch: Launch): Item {
  return { ...encodeLaunch(launch), record: launchKey(launch.id), expiry: expiryAfter(launch.deadline) };
}
