import { isoOf } from "../../core/iso-time.ts";
import type { Adoptions, Clock } from "../../core/ports.ts";
import { type StoreFile, useFile } from "./store-file.ts";

export function localAdoptions(file: StoreFile, clock: Clock): Adoptions {
  const get = file.prepare("SELECT runKey FROM adoptions WHERE jobKey = ?");
  const insert = file.prepare("INSERT INTO adoptions (jobKey, runKey, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");

  function find(jobKey: string): string | undefined {
    return (get.get(jobKey) as { runKey: string } | undefined)?.runKey;
  }

  return {
    async adopt(jobKey, runKey) {
      return useFile(() => {
        insert.run(jobKey, runKey, isoOf(clock.now()));
        return find(jobKey) ?? runKey;
      });
    },
    find: async (jobKey) => useFile(() => find(jobKey)),
  };
}
