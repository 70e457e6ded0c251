import type { ForgeKind } from "../event.ts";
import type { Market } from "../run/launch.ts";

/**
 * What dayfly.yaml says, validated. Every default is filled in: inside, nothing is missing.
 */
export interface Config {
  readonly forges: readonly ForgeConfig[];
  readonly profiles: readonly Profile[];
}

export interface ForgeConfig {
  readonly name: string;
  readonly kind: ForgeKind;
  /** Origin of the forge; for git the path of the bare repository. */
  readonly url: string;
  /** Globs of `owner/name` that may use us; none: all. */
  readonly allow: readonly string[];
}

/** A kind of machine and the labels that it serves. */
export interface Profile {
  readonly name: string;
  /** A job fits when each of its labels is one of these. */
  readonly labels: readonly string[];
  /** How its machines are bought first; local machines ignore it. */
  readonly market: Market;
  /** May a shortage of Spot capacity be answered by a second launch at the full price? */
  readonly onDemandFallback: boolean;
  /** May git on its machines read the job's own repository? */
  readonly gitCredentials?: boolean;
  readonly limits: {
    /** A machine of this profile lives at most so long after its boot, whatever job it takes. */
    readonly minutes: number;
    /** A runner without a job gives up after so many minutes. */
    readonly idleMinutes: number;
    /** How long a machine may take to boot and claim. */
    readonly bootMinutes: number;
    /** Machines of this profile at one time. */
    readonly machines: number;
  };
}
