import type { Config, Profile } from "../core/config/config.ts";
import type { Run } from "../core/run/run.ts";
import type { Limits } from "../core/run/run-seat.ts";

const MINUTE_MS = 60_000;

export function profileOf(config: Config, run: Pick<Run, "profile">): Profile | undefined {
  return config.profiles.find(({ name }) => name === run.profile);
}

/** A run whose profile has left the configuration keeps usual limits, so that it can still end. */
export function limitsOf(config: Config, run: Pick<Run, "profile">): Limits {
  const limits = profileOf(config, run)?.limits;
  return { bootMs: (limits?.bootMinutes ?? 10) * MINUTE_MS, idleMs: (limits?.idleMinutes ?? 5) * MINUTE_MS };
}

/** How long a machine of this profile may live from its launch on: boot, then the profile's limit, whatever job it takes. */
export function lifeMs({ limits }: Profile): number {
  return (limits.bootMinutes + limits.minutes) * MINUTE_MS;
}
