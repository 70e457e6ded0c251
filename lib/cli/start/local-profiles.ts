import { availableParallelism } from "node:os";
import type { Profile } from "../../core/config/config.ts";

/** The labels that people write most; jobs that ask for others are skipped, and the reason names these. */
const labels = ["ubuntu-latest", "ubuntu-24.04", "ubuntu-22.04", "linux", "self-hosted", "local"];

/** The one kind of machine that a computer without configuration has: a process, for half an hour at most. */
export function localProfiles(): readonly Profile[] {
  return [
    {
      name: "local",
      labels,
      market: "on-demand",
      onDemandFallback: false,
      limits: { minutes: 30, idleMinutes: 5, bootMinutes: 2, machines: Math.max(2, availableParallelism()) },
    },
  ];
}
