import { WorldError } from "../../core/errors.ts";
import type { Adoptions, Clock } from "../../core/ports.ts";
import { adoptionsKeptMs } from "../../core/run/retention.ts";
import { secondsOf } from "./store-expiry.ts";
import type { Table } from "./store-table.ts";

export function dynamoAdoptions(table: Table, clock: Clock): Adoptions {
  async function find(jobKey: string): Promise<string | undefined> {
    const row = await table.get(adoptionKey(jobKey));
    return row && String(row.runKey);
  }

  return {
    find,
    async adopt(jobKey, runKey) {
      const item = { record: adoptionKey(jobKey), jobKey, runKey, expiry: secondsOf(clock.now() + adoptionsKeptMs) };
      const written = await table.write(item, "new");
      if (written.kind === "written") return runKey;
      if (written.current) return String(written.current.runKey);
      throw new WorldError("an adoption went away while it was read", { retryable: true });
    },
  };
}

function adoptionKey(jobKey: string): string {
  return `adoption#${jobKey}`;
}
