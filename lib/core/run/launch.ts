import type { Instant } from "../event.ts";

/**
 * One call for n machines, written down before it is made.
 *
 * The plan and n never change afterwards, so the call can be repeated with the same token after any crash:
 * the provider answers with the same machines.
 */
export interface Launch {
  readonly id: string;
  /** What the provider dedupes on; at most 64 ASCII characters. */
  readonly token: string;
  readonly profile: string;
  readonly scope: string;
  readonly forge: string;
  /** Machines asked for: one per run in `runKeys`. */
  readonly count: number;
  readonly runKeys: readonly string[];
  readonly plan: LaunchPlan;
  readonly createdAt: Instant;
  /** After this the launch is given up: its runs take another one. */
  readonly launchBy: Instant;
  /** No machine of this launch lives longer. */
  readonly deadline: Instant;
  readonly outcome: LaunchOutcome;
  readonly version: number;
}

/** Everything that the provider call depends on, frozen. An adapter reads only its own kind. */
export type LaunchPlan =
  | { readonly kind: "local" }
  | {
      readonly kind: "ec2";
      readonly imageId: string;
      readonly templateId: string;
      readonly templateVersion: string;
      readonly types: readonly string[];
      readonly subnets: readonly string[];
      readonly market: Market;
    };

export type Market = "spot" | "on-demand";

export type LaunchOutcome =
  | { readonly kind: "reserved" }
  | { readonly kind: "launched"; readonly machines: readonly LaunchedMachine[]; readonly shortage?: Shortage }
  | { readonly kind: "none"; readonly shortage: Shortage };

export interface LaunchedMachine {
  readonly instanceId: string;
  readonly instanceType?: string;
  readonly zone?: string;
  readonly market?: Market;
}

/** Why fewer machines came than were asked for. `unknown` is no outcome: the call is repeated with the same token. */
export interface Shortage {
  /**
   * pool: other types, zones or market may have some · account: a quota, all launches wait · throttled: ask again later ·
   * permanent: our configuration is wrong, asking again is useless.
   */
  readonly class: "pool" | "account" | "throttled" | "permanent";
  /** The provider's own code: `InsufficientInstanceCapacity`. */
  readonly code: string;
  readonly text: string;
}
